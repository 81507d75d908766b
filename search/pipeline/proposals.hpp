// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"

namespace freebits::search {

/// Where a configuration comes from.
enum class Origin : std::uint8_t {
  Uniform,      ///< one width everywhere: the baselines
  Bop,          ///< differentiable search under a price on BOPs, no chip looked at
  Published,    ///< … and the hardware-aware pass as its authors publish it
  FreeBits,     ///< … and ours
  Latency,      ///< differentiable search under expected latency
  Exact,        ///< integer programming over table and sensitivities
  Sensitivity,  ///< greedy on the same
};
inline constexpr std::array<std::string_view, 7> kOriginNames = {
    "uniform", "bop", "published", "free_bits", "latency", "exact", "sensitivity"};
[[nodiscard]] constexpr std::string_view name(Origin origin) {
  return kOriginNames[static_cast<std::size_t>(origin)];
}

/// A configuration that one method proposes for one target.
struct Proposal {
  Origin origin = Origin::Uniform;
  std::optional<double> price;  ///< of a differentiable search
  std::optional<double> share;  ///< of the cycles there are to save that it was asked to (exact, …)
  models::BitWidths widths;

  /// "free_bits 0.1", "exact 50 %", "8 bit".
  [[nodiscard]] std::string label() const;
};

/// What a differentiable search ended with.
struct Priced {
  double price = 0;
  models::BitWidths widths;
};

/// Each of these widths everywhere.
[[nodiscard]] std::vector<Proposal> uniform_proposals(const models::Graph& graph,
                                                      const std::vector<unsigned>& widths);
/// For each price: as searched, the published pass, ours. The last needs sensitivities to lower
/// widths, too.
[[nodiscard]] std::vector<Proposal> free_bits_proposals(const models::Graph& graph,
                                                        const profiler::LatencyTable& table,
                                                        const std::vector<Priced>& by_bops,
                                                        const Sensitivities* sensitivities);
/// For each price: as searched under expected latency, then ours on top, which finds what gates
/// have left.
[[nodiscard]] std::vector<Proposal> latency_proposals(const models::Graph& graph,
                                                      const profiler::LatencyTable& table,
                                                      const std::vector<Priced>& by_latency,
                                                      const Sensitivities* sensitivities);
/// Each share 0 … 1: see exact_front().
[[nodiscard]] std::vector<Proposal> exact_proposals(const models::Graph& graph,
                                                    const profiler::LatencyTable& table,
                                                    const Sensitivities& sensitivities,
                                                    const std::vector<double>& shares,
                                                    StopToken stop = {});
/// At most so many cycles. Nothing when no network is as fast.
[[nodiscard]] std::optional<Proposal> budget_proposal(const models::Graph& graph,
                                                      const profiler::LatencyTable& table,
                                                      const Sensitivities& sensitivities,
                                                      std::uint64_t most_cycles,
                                                      StopToken stop = {});
[[nodiscard]] std::vector<Proposal> sensitivity_proposals(const models::Graph& graph,
                                                          const profiler::LatencyTable& table,
                                                          const Sensitivities& sensitivities,
                                                          const std::vector<double>& shares);

/// Bit operations of one image: the sum over layers with weights of multiply-accumulates times bits
/// of the input times bits of the weights.
[[nodiscard]] std::uint64_t bops(const models::Graph& graph, const models::BitWidths& widths);
/// Bytes of all weights, each layer's rounded up.
[[nodiscard]] std::uint64_t weight_bytes(const models::Graph& graph,
                                         const models::BitWidths& widths);

}  // namespace freebits::search
