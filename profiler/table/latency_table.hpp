// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "tb/core/accounting.hpp"

namespace freebits::profiler {

/// The bit-widths that the latency of a layer depends on: of its inputs (two for Add, else the
/// second is 0), its weights (0: it has none) and its output.
struct LayerBits {
  std::array<unsigned, 2> in{};
  unsigned weights = 0, out = 0;
  friend auto operator<=>(const LayerBits&, const LayerBits&) = default;
};

/// The bit-widths that `widths` gives the layer.
[[nodiscard]] LayerBits layer_bits(const models::Graph& graph, const models::BitWidths& widths,
                                   std::size_t layer);

/// All that a search may choose for the layer: 8, 4 and 2 for each of its weights and tensors, but
/// 8 for the network's input and output; the output of a layer that keeps_precision() has its
/// input's width.
[[nodiscard]] std::vector<LayerBits> layer_choices(const models::Graph& graph, std::size_t layer);

/// A measured latency.
struct LatencyEntry {
  LayerBits bits;
  std::uint64_t cycles = 0;
  std::uint64_t l3_wait = 0;       ///< of `cycles`: for weights from L3, in the network measured
  std::uint64_t operand_wait = 0;  ///< of `cycles`: for its first operands there, by the cost model
  double error_bound = 0;          ///< fraction of `cycles`; 0 where every tile was simulated
  bool simulated = false;          ///< for this table; otherwise it came from the store
  std::uint64_t instructions = 0;  ///< of all cores
  tb::Accounting accounting{};     ///< of all cores: cycles x cores
};

/// Latencies of a network's layers on a target, by layer and by widths.
struct LatencyTable {
  std::string target;                             ///< its name
  std::vector<std::vector<LatencyEntry>> layers;  ///< sorted by bits

  /// Null when there is none.
  [[nodiscard]] const LatencyEntry* find(std::size_t layer, const LayerBits& bits) const;
  /// Cycles. Throws std::out_of_range, naming layer and widths, when they are not in the table.
  [[nodiscard]] std::uint64_t cycles(std::size_t layer, const LayerBits& bits) const;
};

/// The sum of the latencies of all layers at these bit-widths, by which a search that changes one
/// layer at a time decides. Throws like LatencyTable::cycles().
[[nodiscard]] std::uint64_t total_cycles(const LatencyTable& table, const models::Graph& graph,
                                         const models::BitWidths& widths);

}  // namespace freebits::profiler
