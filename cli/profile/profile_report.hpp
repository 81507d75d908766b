// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {

/// A line a layer: its latency at 8 bits and at the widths with the lowest, and the sums.
void print_latencies(const profiler::LatencyTable& table, const models::Graph& graph,
                     const tb::Target& target);

/// `layers` of the document.
[[nodiscard]] nlohmann::ordered_json latencies_json(const profiler::LatencyTable& table,
                                                    const models::Graph& graph);

/// Latency of the network at these widths; nothing when a layer's is not in the table.
[[nodiscard]] std::optional<std::uint64_t> total(const profiler::LatencyTable& table,
                                                 const models::Graph& graph,
                                                 const models::BitWidths& widths,
                                                 const tb::Target& target);

}  // namespace freebits::cli
