// SPDX-License-Identifier: Apache-2.0
#include "search/train/integer_export.hpp"

#include <algorithm>
#include <cmath>

#include "search/train/layer_shapes.hpp"

namespace freebits::search {
namespace {

constexpr float kLeastGamma = 1e-4F;

/// Weights as the integer model has them: output channels first.
models::LayerParameters integer_weights(const Parameter& weights, const Parameter& thresholds,
                                        const LayerShape& shape, ThresholdRule rule,
                                        const Grid& grid) {
  models::LayerParameters layer;
  layer.weights.resize(shape.rows * shape.channels);
  for (std::size_t c = 0; c < shape.channels; ++c) {
    const float step = step_of(thresholds.value[c], rule, grid);
    layer.weight_scale.push_back(static_cast<double>(step));
    for (std::size_t row = 0; row < shape.rows; ++row) {
      const float steps =
          std::clamp(weights.value[row * shape.channels + c] / step, grid.low(), grid.high());
      layer.weights[c * shape.rows + row] = static_cast<std::int8_t>(std::nearbyint(steps));
    }
  }
  return layer;
}

void add_affine(const models::Layer& layer, Parameters& parameters, std::size_t channels,
                models::LayerParameters& to) {
  const BatchNorm defaults;
  for (std::size_t c = 0; c < channels; ++c) {
    double multiplier = 1, offset = 0;
    if (layer.batch_norm) {
      const auto value = [&](const char* what) {
        return static_cast<double>(parameters.at(layer.name + what).value[c]);
      };
      multiplier =
          value(".gamma") / std::sqrt(value(".variance") + static_cast<double>(defaults.epsilon));
      offset = value(".beta") - value(".mean") * multiplier;
      to.center.push_back(value(".beta"));
    } else {
      offset = static_cast<double>(parameters.at(layer.name + ".bias").value[c]);
    }
    to.multiplier.push_back(multiplier);
    to.offset.push_back(offset);
  }
}

}  // namespace

models::NetworkParameters integer_parameters(const models::Graph& graph, Parameters& parameters,
                                             const Quantization& quantization) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  const std::vector<bool> is_signed = models::signed_tensors(graph);
  models::NetworkParameters network;
  network.tensor_scale.push_back(static_cast<double>(kInputStep));
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    models::LayerParameters& to = network.layers.emplace_back();
    if (models::has_weights(layer.kind)) {
      const LayerShape shape = layer_shape(layer, shapes[layer.inputs[0]]);
      to = integer_weights(
          parameters.at(layer.name + ".weight"), parameters.at(layer.name + ".weight_threshold"),
          shape, quantization.rule, {.bits = quantization.widths.weights[i], .is_signed = true});
      add_affine(layer, parameters, shape.channels, to);
    }
    if (models::keeps_precision(layer.kind)) {
      network.tensor_scale.push_back(network.tensor_scale[layer.inputs[0]]);
      continue;
    }
    const Grid grid{.bits = quantization.widths.activations[i + 1], .is_signed = is_signed[i + 1]};
    network.tensor_scale.push_back(static_cast<double>(
        step_of(parameters.at(layer.name + ".threshold").value[0], quantization.rule, grid)));
  }
  return network;
}

void make_multipliers_positive(const models::Graph& graph, Parameters& parameters) {
  for (const models::Layer& layer : graph.layers) {
    if (!layer.batch_norm) continue;
    Parameter& gamma = parameters.at(layer.name + ".gamma");
    Parameter& mean = parameters.at(layer.name + ".mean");
    Parameter& weights = parameters.at(layer.name + ".weight");
    const std::size_t channels = gamma.value.size();
    for (std::size_t c = 0; c < channels; ++c) {
      if (gamma.value[c] < 0) {
        gamma.value[c] = -gamma.value[c];
        mean.value[c] = -mean.value[c];
        for (std::size_t k = c; k < weights.value.size(); k += channels)
          weights.value[k] = -weights.value[k];
      }
      gamma.value[c] = std::max(gamma.value[c], kLeastGamma);
    }
    gamma.least = kLeastGamma;
  }
}

}  // namespace freebits::search
