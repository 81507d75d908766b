// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "base/random.hpp"
#include "search/train/layer_shapes.hpp"
#include "search/train/network.hpp"

namespace freebits::search {
namespace {

/// Values once, when the parameter is new.
template <class Fill>
void create(Parameters& parameters, const std::string& name, Role role, std::size_t size,
            const Fill& fill) {
  if (const Parameter* const known = parameters.find(name)) {
    if (known->value.size() == size) return;
    throw Error(name + ": of another size than the network's");
  }
  fill(parameters.add(name, role, size));
}

auto constant(float value) {
  return [value](Parameter& p) { std::ranges::fill(p.value.span(), value); };
}

/// Normal numbers with this deviation (Box and Muller).
auto normal(double deviation, std::uint64_t seed, std::uint64_t stream) {
  return [=](Parameter& p) {
    Random random{seed, stream};
    for (float& value : p.value.span()) {
      const double radius = std::sqrt(-2 * std::log(1 - static_cast<double>(random.uniform())));
      const double angle = 2 * std::numbers::pi * static_cast<double>(random.uniform());
      value = static_cast<float>(deviation * radius * std::cos(angle));
    }
  };
}

/// The largest absolute weight of each output channel.
auto largest_weights(const Parameter& weights, ThresholdRule rule, Grid grid) {
  return [&weights, rule, grid](Parameter& p) {
    constexpr float kLeast = 1e-5F;
    const std::size_t channels = p.value.size();
    std::vector<float> largest(channels, kLeast);
    for (std::size_t i = 0; i < weights.value.size(); ++i) {
      float& most = largest[i % channels];
      most = std::max(most, std::abs(weights.value[i]));
    }
    for (std::size_t c = 0; c < channels; ++c) p.value[c] = parameter_of(largest[c], rule, grid);
  };
}

void create_layer(Parameters& parameters, const models::Layer& layer, const LayerShape& shape,
                  std::uint64_t seed, std::uint64_t stream) {
  // A third of what keeps the variance: below batch norm, smaller weights only learn faster.
  const double deviation = std::sqrt(1 / (3 * static_cast<double>(shape.rows)));
  create(parameters, layer.name + ".weight", Role::Weight, shape.rows * shape.channels,
         normal(deviation, seed, stream));
  if (!layer.batch_norm) {
    create(parameters, layer.name + ".bias", Role::Affine, shape.channels, constant(0));
    return;
  }
  create(parameters, layer.name + ".gamma", Role::Affine, shape.channels, constant(1));
  create(parameters, layer.name + ".beta", Role::Affine, shape.channels, constant(0));
  create(parameters, layer.name + ".mean", Role::Statistic, shape.channels, constant(0));
  create(parameters, layer.name + ".variance", Role::Statistic, shape.channels, constant(1));
}

void create_gates(Parameters& parameters, const std::string& name, GatedForm form) {
  create(parameters, name, Role::Gate, 2, constant(form == GatedForm::Independent ? 2.0F : 6.0F));
}

void create_quantizers(Parameters& parameters, const models::Layer& layer, const LayerShape& shape,
                       const Quantization& q, Grid weight_grid, Grid output_grid) {
  // Until they are calibrated, activations reach six: what ReLU6 lets through.
  constexpr float kRange = 6;
  const ThresholdRule rule = q.gated ? ThresholdRule::Tqt : q.rule;
  if (models::has_weights(layer.kind)) {
    create(parameters, layer.name + ".weight_threshold", Role::Threshold, shape.channels,
           largest_weights(parameters.at(layer.name + ".weight"), rule, weight_grid));
    if (q.gated) create_gates(parameters, layer.name + ".weight_gates", *q.gated);
  }
  if (models::keeps_precision(layer.kind)) return;  // its input's
  create(parameters, layer.name + ".threshold", Role::Threshold, 1,
         constant(parameter_of(kRange, rule, output_grid)));
  if (q.gated) create_gates(parameters, layer.name + ".gates", *q.gated);
}

}  // namespace

LayerShape layer_shape(const models::Layer& layer, models::Shape in) {
  if (!models::has_weights(layer.kind)) return {};
  const std::size_t rows = models::weights_each(layer, in);
  return {rows, layer.out_channels != 0 ? layer.out_channels : in.channels};
}

Quantization uniform_quantization(const models::Graph& graph, unsigned weight_bits,
                                  unsigned activation_bits) {
  Quantization q{.widths = models::uniform(graph, activation_bits), .gated = {}};
  for (unsigned& bits : q.widths.weights) bits = bits == 0 ? 0 : weight_bits;
  return q;
}

void create_parameters(Parameters& parameters, const models::Graph& graph, std::uint64_t seed,
                       const Quantization* quantization) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  const std::vector<bool> is_signed = models::signed_tensors(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    const LayerShape shape = layer_shape(layer, shapes[layer.inputs[0]]);
    if (models::has_weights(layer.kind)) create_layer(parameters, layer, shape, seed, i);
    if (quantization == nullptr) continue;
    create_quantizers(
        parameters, layer, shape, *quantization,
        {.bits = quantization->widths.weights[i], .is_signed = true},
        {.bits = quantization->widths.activations[i + 1], .is_signed = is_signed[i + 1]});
  }
}

}  // namespace freebits::search
