// SPDX-License-Identifier: Apache-2.0
#include "search/methods/hardware_pass.hpp"

#include <algorithm>
#include <optional>

#include "search/methods/moves.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::Graph;
using profiler::LatencyTable;

/// Raises around all layers until nothing is to be had. True when something was.
bool raise(const Graph& graph, const Moves& moves, BitWidths& widths) {
  bool any = false;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
      std::optional<BitWidths> best;
      std::int64_t best_change = 0;
      moves.around(
          layer, widths, [](unsigned present, unsigned bits) { return bits > present; },
          [&](const BitWidths& other, std::int64_t change) {
            const bool better =
                change < best_change ||
                (change == best_change && (!best || total_bits(other) > total_bits(*best)));
            if (!better) return;
            best = other;
            best_change = change;
          });
      if (!best) continue;
      widths = *best;
      changed = any = true;
    }
  }
  return any;
}

/// The one change downwards that saves the most cycles for what it is predicted to cost. False when
/// there is none.
bool lower(const Graph& graph, const Moves& moves, const Sensitivities& s, double most_rise,
           BitWidths& widths) {
  // Rises that are not worth a thought are alike: then cycles decide.
  constexpr double kNothing = 1e-6;
  const double present = predicted_rise(s, widths);
  std::optional<BitWidths> best;
  double best_gain = 0;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    moves.around(
        layer, widths, [](unsigned now, unsigned bits) { return bits < now; },
        [&](const BitWidths& other, std::int64_t change) {
          const double rise = predicted_rise(s, other);
          if (change >= 0 || rise > most_rise) return;
          const double gain = static_cast<double>(-change) / (rise - present + kNothing);
          if (gain <= best_gain) return;
          best = other;
          best_gain = gain;
        });
  }
  if (best) widths = *best;
  return best.has_value();
}

}  // namespace

BitWidths freebits_pass(const Graph& graph, const LatencyTable& table, const BitWidths& start,
                        const Sensitivities* sensitivities) {
  const Moves moves(graph, table);
  BitWidths widths = start;
  (void)raise(graph, moves, widths);
  if (sensitivities == nullptr) return widths;
  const double most_rise = predicted_rise(*sensitivities, start);
  // Each lowering saves cycles and no raising costs any: this ends.
  while (lower(graph, moves, *sensitivities, most_rise, widths)) {
    (void)raise(graph, moves, widths);
  }
  return widths;
}

BitWidths published_pass(const Graph& graph, const LatencyTable& table, const BitWidths& start) {
  const Variables variables(graph);
  BitWidths widths = start;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    if (!has_weights(graph.layers[layer].kind)) continue;
    const profiler::LayerBits now = profiler::layer_bits(graph, widths, layer);
    profiler::LayerBits best = now;
    for (const unsigned in : models::kBitWidths) {
      for (const unsigned weights : models::kBitWidths) {
        if (in < now.in[0] || weights < now.weights) continue;
        profiler::LayerBits other = now;
        other.in[0] = in;
        other.weights = weights;
        const auto* const entry = table.find(layer, other);
        if (entry != nullptr && entry->cycles < table.cycles(layer, best)) best = other;
      }
    }
    for (const std::size_t v : variables.of_layer(layer)) {
      const Variable& variable = variables[v];
      const bool is_input = !variable.is_weights &&
                            std::ranges::find(variable.tensors, graph.layers[layer].inputs[0]) !=
                                variable.tensors.end();
      if (variable.is_weights) variables.set(widths, v, best.weights);
      if (is_input) variables.set(widths, v, best.in[0]);
    }
  }
  return widths;
}

}  // namespace freebits::search
