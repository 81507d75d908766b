// SPDX-License-Identifier: Apache-2.0
#include "profiler/table/latency_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace freebits::profiler {
namespace {

using models::BitWidths;
using models::Graph;
using models::TensorId;

/// Widths a tensor may have; `roots`: precision_roots().
std::vector<unsigned> tensor_choices(const std::vector<TensorId>& roots, TensorId id) {
  if (roots.at(id) == 0 || roots[id] == roots.back()) return {8};
  return {models::kBitWidths.begin(), models::kBitWidths.end()};
}

}  // namespace

LayerBits layer_bits(const Graph& graph, const BitWidths& widths, std::size_t layer) {
  const models::Layer& l = graph.layers.at(layer);
  LayerBits bits;
  for (std::size_t i = 0; i < l.inputs.size(); ++i)
    bits.in.at(i) = widths.activations.at(l.inputs[i]);
  bits.weights = widths.weights.at(layer);
  bits.out = widths.activations.at(layer + 1);
  return bits;
}

std::vector<LayerBits> layer_choices(const Graph& graph, std::size_t layer) {
  const models::Layer& l = graph.layers.at(layer);
  const std::vector<TensorId> roots = models::precision_roots(graph);
  std::vector<LayerBits> all;
  const auto ins = tensor_choices(roots, l.inputs.front());
  const auto seconds =
      l.inputs.size() == 2 ? tensor_choices(roots, l.inputs[1]) : std::vector<unsigned>{0};
  const auto weights = has_weights(l.kind) ? std::vector<unsigned>(models::kBitWidths.begin(),
                                                                   models::kBitWidths.end())
                                           : std::vector<unsigned>{0};
  const bool tied = l.inputs.size() == 2 && roots[l.inputs[0]] == roots[l.inputs[1]];
  for (const unsigned in : ins) {
    for (const unsigned second : seconds) {
      if (tied && second != in) continue;
      for (const unsigned w : weights) {
        for (const unsigned out : tensor_choices(roots, layer + 1)) {
          if (models::keeps_precision(l.kind) && out != in) continue;
          all.push_back({.in = {in, second}, .weights = w, .out = out});
        }
      }
    }
  }
  std::ranges::sort(all);
  return all;
}

const LatencyEntry* LatencyTable::find(std::size_t layer, const LayerBits& bits) const {
  const auto& entries = layers.at(layer);
  const auto found = std::ranges::lower_bound(entries, bits, {}, &LatencyEntry::bits);
  return found == entries.end() || found->bits != bits ? nullptr : &*found;
}

std::uint64_t LatencyTable::cycles(std::size_t layer, const LayerBits& bits) const {
  if (const LatencyEntry* entry = find(layer, bits)) return entry->cycles;
  throw std::out_of_range(
      fmt::format("latency table of {}: layer {} has no entry for input {}, weights {}, output {}",
                  target, layer, bits.in[0], bits.weights, bits.out));
}

std::uint64_t total_cycles(const LatencyTable& table, const Graph& graph, const BitWidths& widths) {
  std::uint64_t sum = 0;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer)
    sum += table.cycles(layer, layer_bits(graph, widths, layer));
  return sum;
}

}  // namespace freebits::profiler
