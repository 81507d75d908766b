// SPDX-License-Identifier: Apache-2.0
#include "search/methods/greedy.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "search/methods/variables.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::Graph;
using profiler::LatencyTable;

/// The layer's input, weights or both a step narrower, where they have one.
std::vector<BitWidths> steps(const Graph& graph, const Variables& variables, std::size_t layer,
                             const BitWidths& widths) {
  std::vector<std::size_t> lowered;
  for (const std::size_t v : variables.of_layer(layer)) {
    const Variable& variable = variables[v];
    const auto is_input = [&](models::TensorId id) {
      return std::ranges::find(graph.layers[layer].inputs, id) != graph.layers[layer].inputs.end();
    };
    const bool reads = variable.is_weights || std::ranges::any_of(variable.tensors, is_input);
    if (reads && variables.get(widths, v) > models::kBitWidths.back()) lowered.push_back(v);
  }
  std::vector<BitWidths> all;
  for (unsigned chosen = 1; chosen < 1U << lowered.size(); ++chosen) {
    BitWidths other = widths;
    for (std::size_t i = 0; i < lowered.size(); ++i) {
      if ((chosen >> i & 1U) != 0)
        variables.set(other, lowered[i], variables.get(widths, lowered[i]) / 2);
    }
    all.push_back(std::move(other));
  }
  return all;
}

}  // namespace

std::vector<BitWidths> sensitivity_path(const Graph& graph, const LatencyTable& table,
                                        const Sensitivities& sensitivities) {
  const Variables variables(graph);
  std::vector<BitWidths> path = {models::uniform(graph, 8)};
  while (true) {
    const BitWidths& widths = path.back();
    const std::uint64_t present = profiler::total_cycles(table, graph, widths);
    std::optional<BitWidths> best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
      for (BitWidths& other : steps(graph, variables, layer, widths)) {
        const double rise = predicted_rise(sensitivities, other);
        if (rise >= least || profiler::total_cycles(table, graph, other) >= present) continue;
        least = rise;
        best = std::move(other);
      }
    }
    if (!best) return path;
    path.push_back(std::move(*best));
  }
}

std::vector<BitWidths> along(const std::vector<BitWidths>& path, const Graph& graph,
                             const LatencyTable& table, const std::vector<double>& shares) {
  std::vector<BitWidths> chosen;
  if (path.empty()) return chosen;
  const auto cycles = [&](const BitWidths& w) { return profiler::total_cycles(table, graph, w); };
  const std::uint64_t first = cycles(path.front()), last = cycles(path.back());
  for (const double share : shares) {
    const auto most = first - static_cast<std::uint64_t>(share * static_cast<double>(first - last));
    const auto found =
        std::ranges::find_if(path, [&](const BitWidths& w) { return cycles(w) <= most; });
    if (found != path.end() && std::ranges::find(chosen, *found) == chosen.end())
      chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace freebits::search
