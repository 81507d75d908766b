// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include "models/graph/graph.hpp"
#include "models/layers/types.hpp"

namespace freebits::models {

inline constexpr std::array<unsigned, 3> kBitWidths = {8, 4, 2};

/// The precisions of a network: what the search chooses, deployment takes and bits.json holds.
struct BitWidths {
  std::vector<unsigned> weights;      ///< by layer: 8, 4 or 2; 0 for a layer without weights
  std::vector<unsigned> activations;  ///< by TensorId: 8, 4 or 2
  friend bool operator==(const BitWidths&, const BitWidths&) = default;
};

/// All weights and tensors of `bits`, but 8 for the network's input and output, and for what
/// precision_roots() ties to them.
[[nodiscard]] BitWidths uniform(const Graph& graph, unsigned bits);

/// Throws Error, naming the layer or tensor, unless there is a width for everything
/// that has one, and the output of each layer that keeps_precision() has the width of its input.
void check(const Graph& graph, const BitWidths& widths);

/// Throws Error when `bits` is not 8, 4 or 2.
[[nodiscard]] IntType int_type(unsigned bits, bool is_signed);

/// Types of all tensors, by TensorId; signs by signed_tensors().
[[nodiscard]] std::vector<IntType> tensor_types(const Graph& graph, const BitWidths& widths);

/// bits.json (models/files/README.md), for this graph. Throws Error, one line with the
/// file, the key and what would be right, for a file that is not one or not this network's.
[[nodiscard]] BitWidths read_bit_widths(const std::filesystem::path& file, const Graph& graph);

/// Writes it: complete or not at all. Throws Error when check() does or the file
/// cannot be written.
void write_bit_widths(const std::filesystem::path& file, const Graph& graph,
                      const BitWidths& widths);

}  // namespace freebits::models
