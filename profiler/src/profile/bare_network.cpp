// SPDX-License-Identifier: Apache-2.0
#include "profile/bare_network.hpp"

#include "freebits/models/quantize.hpp"

namespace freebits::profiler {

models::IntegerNetwork bare_network(const models::Graph& graph, const models::BitWidths& widths) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  models::NetworkParameters parameters;
  parameters.tensor_scale.assign(shapes.size(), 1.0);
  parameters.layers.resize(graph.layers.size());
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    if (!models::has_weights(layer.kind)) continue;
    const models::Shape in = shapes[layer.inputs.front()], out = shapes[i + 1];
    models::LayerParameters& p = parameters.layers[i];
    p.weights.assign(models::weight_count(layer, in, out), 1);
    p.weight_scale.assign(out.channels, 1.0);
    p.multiplier.assign(out.channels,
                        static_cast<double>(out.channels) / static_cast<double>(p.weights.size()));
    p.offset.assign(out.channels, 0.0);
  }
  return models::make_integer_network(graph, widths, parameters);
}

}  // namespace freebits::profiler
