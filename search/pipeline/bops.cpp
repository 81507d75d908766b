// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/bops.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::Graph;

/// Sum over the layers with weights of count(layer, input's shape, output's).
template <class Count>
std::uint64_t sum_over_weights(const Graph& graph, const Count& count) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    if (has_weights(layer.kind)) sum += count(i, shapes[layer.inputs[0]], shapes[i + 1]);
  }
  return sum;
}

}  // namespace

std::uint64_t bops(const Graph& graph, const BitWidths& widths) {
  return sum_over_weights(graph, [&](std::size_t i, models::Shape in, models::Shape out) {
    const models::Layer& layer = graph.layers[i];
    return macs(layer, in, out) * widths.activations[layer.inputs[0]] * widths.weights[i];
  });
}

std::uint64_t weight_bytes(const Graph& graph, const BitWidths& widths) {
  constexpr unsigned kByte = 8;
  return sum_over_weights(graph, [&](std::size_t i, models::Shape in, models::Shape out) {
    return (weight_count(graph.layers[i], in, out) * widths.weights[i] + kByte - 1) / kByte;
  });
}

}  // namespace freebits::search
