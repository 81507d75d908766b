// SPDX-License-Identifier: Apache-2.0
// Latency tables and sensitivities drawn at random, and every network there is.
#pragma once

#include <functional>

#include "../../models/random_graphs.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"
#include "search/methods/variables.hpp"

namespace freebits::test {

/// Any latencies: narrow widths are as often slower as faster.
inline profiler::LatencyTable random_table(const models::Graph& graph, RandomLayers& random) {
  profiler::LatencyTable table{.target = "random", .layers = {}};
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    auto& entries = table.layers.emplace_back();
    for (const profiler::LayerBits& bits : profiler::layer_choices(graph, layer))
      entries.push_back({.bits = bits, .cycles = random.between(10, 30)});
  }
  return table;
}

/// 0 at 8 bits, and no less for fewer.
inline search::Sensitivities random_sensitivities(const models::Graph& graph,
                                                  RandomLayers& random) {
  const auto rise = [&] {
    const double four = random.real(0, 1);
    return search::Sensitivities::Rise{0, four, four + random.real(0, 2)};
  };
  search::Sensitivities s{
      .loss = 1,
      .weights = std::vector<search::Sensitivities::Rise>(graph.layers.size()),
      .activations = std::vector<search::Sensitivities::Rise>(graph.layers.size() + 1)};
  const search::Variables variables(graph);
  for (const search::Variable& v : variables.all()) {
    if (v.is_weights) {
      s.weights[v.layer] = rise();
    } else {
      s.activations[v.tensors.front()] = rise();
    }
  }
  return s;
}

/// Calls `each` with all 3^n assignments of the variables.
inline void for_all_widths(const models::Graph& graph,
                           const std::function<void(const models::BitWidths&)>& each) {
  const search::Variables variables(graph);
  models::BitWidths widths = models::uniform(graph, 8);
  const std::function<void(std::size_t)> choose = [&](std::size_t v) {
    if (v == variables.size()) return each(widths);
    for (const unsigned bits : models::kBitWidths) {
      variables.set(widths, v, bits);
      choose(v + 1);
    }
  };
  choose(0);
}

}  // namespace freebits::test
