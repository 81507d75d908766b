// SPDX-License-Identifier: Apache-2.0
#include "profiler/network/stand_in.hpp"

#include <cmath>
#include <random>

#include "models/quantize/quantize.hpp"

namespace freebits::profiler {
namespace {

/// All weights 1, outputs the mean of the inputs, every tensor's step 1.
models::NetworkParameters bare_parameters(const models::Graph& graph) {
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
  return parameters;
}

/// Numbers from 0 to 2^bits - 1, several of a draw.
class Draws {
 public:
  unsigned next(unsigned bits) {
    if (left_ < bits) {
      word_ = engine_();
      left_ = 64;
    }
    const auto value = static_cast<unsigned>(word_ & ((1U << bits) - 1));
    word_ >>= bits;
    left_ -= bits;
    return value;
  }

 private:
  std::mt19937_64 engine_{1};
  std::uint64_t word_ = 0;
  unsigned left_ = 0;
};

}  // namespace

models::IntegerNetwork bare_network(const models::Graph& graph, const models::BitWidths& widths) {
  return models::make_integer_network(graph, widths, bare_parameters(graph));
}

models::IntegerNetwork network_to_measure(const models::Graph& graph,
                                          const models::BitWidths& widths) {
  models::NetworkParameters parameters = bare_parameters(graph);
  const std::vector<bool> is_signed = models::signed_tensors(graph);
  Draws draws;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    models::LayerParameters& p = parameters.layers[i];
    if (p.weights.empty()) continue;
    const unsigned w_bits = widths.weights[i], out_bits = widths.activations[i + 1];
    const models::TensorId input = graph.layers[i].inputs.front();
    const int highest = (1 << (w_bits - 1)) - 1;
    for (std::int8_t& w : p.weights) {
      // The type's lowest value, too, where the type has it: all bit patterns.
      w = static_cast<std::int8_t>(static_cast<int>(draws.next(w_bits)) - highest - 1);
    }
    // Sums of n products spread with the root of n; a deviation is a sixth of the output's range.
    const double n = static_cast<double>(p.weights.size()) / static_cast<double>(p.offset.size());
    const double in_range = std::exp2(widths.activations[input] - (is_signed[input] ? 1 : 0));
    const double deviation = std::sqrt(n) * in_range * std::exp2(w_bits - 1) / 3;
    const double out_range = std::exp2(out_bits);
    p.multiplier.assign(p.multiplier.size(), out_range / 6 / deviation);
    if (!is_signed[i + 1]) p.offset.assign(p.offset.size(), out_range / 2);
  }
  return models::make_integer_network(graph, widths, parameters);
}

}  // namespace freebits::profiler
