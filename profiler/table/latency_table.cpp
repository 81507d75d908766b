// SPDX-License-Identifier: Apache-2.0
#include "profiler/table/latency_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace freebits::profiler {
namespace {

using models::BitWidths;
using models::Graph;
using models::LayerKind;
using models::TensorId;

/// Widths a tensor may have.
std::vector<unsigned> tensor_choices(const Graph& graph, TensorId id) {
  const TensorId root = width_root(graph, id);
  if (root == 0 || root == width_root(graph, graph.output())) return {8};
  return {models::kBitWidths.begin(), models::kBitWidths.end()};
}

}  // namespace

TensorId width_root(const Graph& graph, TensorId id) {
  while (id > 0 && graph.layers.at(id - 1).kind == LayerKind::MaxPool)
    id = graph.layers[id - 1].inputs.front();
  return id;
}

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
  std::vector<LayerBits> all;
  const auto ins = tensor_choices(graph, l.inputs.front());
  const auto seconds =
      l.inputs.size() == 2 ? tensor_choices(graph, l.inputs[1]) : std::vector<unsigned>{0};
  const auto weights = has_weights(l.kind) ? std::vector<unsigned>(models::kBitWidths.begin(),
                                                                   models::kBitWidths.end())
                                           : std::vector<unsigned>{0};
  const bool tied =
      l.inputs.size() == 2 && width_root(graph, l.inputs[0]) == width_root(graph, l.inputs[1]);
  for (const unsigned in : ins) {
    for (const unsigned second : seconds) {
      if (tied && second != in) continue;
      for (const unsigned w : weights) {
        for (const unsigned out : tensor_choices(graph, layer + 1)) {
          if (l.kind == LayerKind::MaxPool && out != in) continue;
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
