// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"

namespace freebits::search {

/// Exact assignment of widths over a latency table and sensitivities, by integer programming (CBC):
/// a binary for each width of each variable, a row of the table for each layer, tied to the widths
/// it stands for. Latency and predicted rise are linear in these, so the optimum is one of all 3^n
/// networks. All throw std::out_of_range for widths that are not in the table, and Interrupted.
class ExactAssignment {
 public:
  /// Keeps references to all three.
  ExactAssignment(const models::Graph& graph, const profiler::LatencyTable& table,
                  const Sensitivities& sensitivities, StopToken stop = {})
      : graph_(&graph), table_(&table), sensitivities_(&sensitivities), stop_(stop) {}

  /// Least predicted rise of the loss with at most so many cycles; among equals, within the
  /// solver's tolerance, the fewest cycles. Nothing when no network is as fast.
  [[nodiscard]] std::optional<models::BitWidths> least_rise(std::uint64_t most_cycles) const;
  /// Fewest cycles with at most this predicted rise. Nothing for a negative one.
  [[nodiscard]] std::optional<models::BitWidths> fewest_cycles(double most_rise) const;
  /// Fewest cycles at any price, and of those the least predicted rise.
  [[nodiscard]] models::BitWidths fastest() const;

 private:
  const models::Graph* graph_;
  const profiler::LatencyTable* table_;
  const Sensitivities* sensitivities_;
  StopToken stop_;
};

/// Configurations between 8 bits everywhere and the fastest network of the table: for each share,
/// 0 … 1, that of the cycles between the two which a configuration must save. Equal ones once.
[[nodiscard]] std::vector<models::BitWidths> exact_front(const models::Graph& graph,
                                                         const profiler::LatencyTable& table,
                                                         const Sensitivities& sensitivities,
                                                         const std::vector<double>& shares,
                                                         StopToken stop = {});

}  // namespace freebits::search
