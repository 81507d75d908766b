// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// A layer as its kernel sees it. Where every pixel is computed alike (pointwise, additions, global
/// pools) the image is one column of pixels, so that a tile can be any number of them.
struct KernelLayer {
  std::string name;
  KernelKind kind = KernelKind::Conv;
  Shape in, out;
  IntType in_type = IntType::U8, second_type = IntType::U8, out_type = IntType::U8;
  IntType weight_type = IntType::S8;  ///< has_weights()
  bool requantized = false;           ///< MaxPool: otherwise the type stays
  unsigned kernel_height = 1, kernel_width = 1, stride = 1;
  Padding padding{};

  /// Multiply-accumulates; of an addition two an output, of an average pool one an input, of a max
  /// pool its comparisons.
  [[nodiscard]] std::uint64_t operations() const;
  /// A tile of channels must be a multiple of it: whole words of input and output, groups of
  /// kernels.
  [[nodiscard]] unsigned channel_quantum() const;
  /// Tensors it reads.
  [[nodiscard]] unsigned inputs() const;
  [[nodiscard]] bool has_weights() const;
  /// Whether a tile can have a part of the output's channels, and of the input's then too; a part
  /// of its rows.
  [[nodiscard]] bool splits_channels() const;
  [[nodiscard]] bool splits_input_channels() const;
  [[nodiscard]] bool splits_rows() const;
};

/// A layer without its name, its inputs and empty_output() given. `flat`: images become columns
/// where that is possible.
[[nodiscard]] KernelLayer kernel_layer(const IntegerOp& op, const std::vector<const Tensor*>& in,
                                       const Tensor& out, bool flat);

/// All layers of a network, in order. Throws Error as empty_tensors() does.
[[nodiscard]] std::vector<KernelLayer> kernel_layers(const IntegerNetwork& network);

/// A part of a layer's output: rows y … y + rows - 1, channels c … c + channels - 1.
struct Tile {
  unsigned y = 0, rows = 0, c = 0, channels = 0;
  friend bool operator==(const Tile&, const Tile&) = default;
};

/// Rows of the input under a tile, and how far it looks over the upper edge.
struct InputRows {
  unsigned y = 0, rows = 0, pad_top = 0;
};
[[nodiscard]] InputRows input_rows(const KernelLayer& layer, const Tile& tile);

/// Bytes of L1 a tile takes; scratch memory is that of all cores.
struct TileBytes {
  std::uint32_t input = 0, second = 0, constants = 0, output = 0, scratch = 0;
  [[nodiscard]] std::uint32_t sum() const { return input + second + constants + output + scratch; }
};
/// Everything but scratch, each rounded up to 8.
[[nodiscard]] TileBytes tile_bytes(const KernelLayer& layer, const Tile& tile);

/// Bytes of requantization and weights of `channels` output channels; both are multiples of 8.
struct ConstantBytes {
  std::uint32_t requantization = 0, weights = 0;
  [[nodiscard]] std::uint32_t sum() const { return requantization + weights; }
};
[[nodiscard]] ConstantBytes constant_bytes(const KernelLayer& layer, unsigned channels);

}  // namespace freebits::models
