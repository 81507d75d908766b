// SPDX-License-Identifier: Apache-2.0
#include "search/methods/variables.hpp"

#include <algorithm>

#include "search/methods/gates.hpp"

namespace freebits::search {
namespace {

using models::Graph;
using models::TensorId;

std::vector<std::size_t> readers_and_makers(const Graph& graph,
                                            const std::vector<TensorId>& tensors) {
  const auto is_one = [&](TensorId id) { return std::ranges::find(tensors, id) != tensors.end(); };
  std::vector<std::size_t> layers;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (is_one(i + 1) || std::ranges::any_of(graph.layers[i].inputs, is_one)) layers.push_back(i);
  }
  return layers;
}

}  // namespace

Variables::Variables(const Graph& graph) : of_layer_(graph.layers.size()) {
  const std::vector<TensorId> first = precision_roots(graph);
  for (TensorId id = 1; id <= graph.layers.size(); ++id) {
    if (first[id] != id || id == first[graph.output()]) continue;
    Variable variable;
    for (TensorId other = id; other <= graph.layers.size(); ++other) {
      if (first[other] == id) variable.tensors.push_back(other);
    }
    variable.touches = readers_and_makers(graph, variable.tensors);
    all_.push_back(std::move(variable));
  }
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (!has_weights(graph.layers[i].kind)) continue;
    all_.push_back({.is_weights = true, .layer = i, .tensors = {}, .touches = {i}});
  }
  for (std::size_t v = 0; v < all_.size(); ++v) {
    for (const std::size_t layer : all_[v].touches) of_layer_[layer].push_back(v);
  }
}

unsigned Variables::get(const models::BitWidths& widths, std::size_t variable) const {
  const Variable& v = all_[variable];
  return v.is_weights ? widths.weights[v.layer] : widths.activations[v.tensors.front()];
}

void Variables::set(models::BitWidths& widths, std::size_t variable, unsigned bits) const {
  const Variable& v = all_[variable];
  if (v.is_weights) widths.weights[v.layer] = bits;
  for (const TensorId id : v.tensors) widths.activations[id] = bits;
}

}  // namespace freebits::search
