// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"

namespace freebits::search {

/// The plain method that every clever one must beat: from 8 bits everywhere, again and again the
/// layer whose input, weights or both can be narrowed by a step with the least predicted rise of
/// the loss among those that save cycles, until none does. Returns the whole path, the start first;
/// each has fewer cycles than the one before.
[[nodiscard]] std::vector<models::BitWidths> sensitivity_path(const models::Graph& graph,
                                                              const profiler::LatencyTable& table,
                                                              const Sensitivities& sensitivities);

/// Of a path, for each share, 0 … 1, the first configuration that saves that much of the cycles
/// which the last one saves. Equal ones once.
[[nodiscard]] std::vector<models::BitWidths> along(const std::vector<models::BitWidths>& path,
                                                   const models::Graph& graph,
                                                   const profiler::LatencyTable& table,
                                                   const std::vector<double>& shares);

}  // namespace freebits::search
