// SPDX-License-Identifier: Apache-2.0
#include "search/train/lsq_scales.hpp"

#include <cmath>

#include "search/train/layer_shapes.hpp"

namespace freebits::search {

void scale_lsq_gradients(Optimizer& optimizer, TrainingState& state) {
  const models::Graph& graph = state.graph;
  const auto shapes = models::shapes(graph);
  const auto is_signed = models::signed_tensors(graph);
  const auto scale = [&](const std::string& name, std::size_t values, Grid grid) {
    Parameter* const threshold = state.parameters.find(name);
    if (threshold == nullptr) return;  // max pool has none
    optimizer.scale_gradient(*threshold, 1 / std::sqrt(static_cast<float>(values) * grid.high()));
  };
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    scale(layer.name + ".threshold", shapes[i + 1].size(),
          {.bits = state.quantization->widths.activations[i + 1], .is_signed = is_signed[i + 1]});
    if (!models::has_weights(layer.kind)) continue;
    scale(layer.name + ".weight_threshold", layer_shape(layer, shapes[layer.inputs[0]]).rows,
          {.bits = state.quantization->widths.weights[i], .is_signed = true});
  }
}

}  // namespace freebits::search
