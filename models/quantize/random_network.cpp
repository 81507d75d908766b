// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <vector>

#include "models/graph/kinds/calibration.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/quantize/integer_layer.hpp"
#include "models/quantize/quantize.hpp"

namespace freebits::models {
namespace {

/// The same everywhere, which the distributions of <random> are not.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  std::int32_t operator()(IntType type) {
    const std::uint64_t values = std::uint64_t{1} << bits(type);
    return lowest(type) + static_cast<std::int32_t>((engine_() >> 32) * values >> 32);
  }

 private:
  std::mt19937_64 engine_;
};

/// Of the whole range and without a mean that all channels would share: half of the lowest values
/// become the highest.
std::int8_t weight(IntType type, Draw& draw) {
  const std::int32_t value = draw(type);
  const bool flips = draw(IntType::U2) % 2 != 0;
  return static_cast<std::int8_t>(value == lowest(type) && flips ? highest(type) : value);
}

LayerParameters drawn(const TypedGraph& typed, std::size_t i, Draw& draw) {
  const Layer& layer = typed.graph.layers[i];
  if (!has_weights(layer.kind)) return {};
  const Shape in = typed.shapes[layer.inputs[0]], out = typed.shapes[i + 1];
  const IntType type = int_type(typed.widths.weights[i], true);
  LayerParameters p;
  p.weights.resize(weight_count(layer, in, out));
  std::ranges::generate(p.weights, [&] { return weight(type, draw); });
  p.weight_scale.assign(out.channels, 1.0 / largest(type));
  p.multiplier.assign(out.channels, 1);
  p.offset.assign(out.channels, 0);
  return p;
}

}  // namespace

Tensor random_tensor(Shape shape, IntType type, std::uint64_t seed) {
  Draw draw(seed);
  Tensor tensor(shape, type);
  for (std::int16_t& value : tensor.values) value = static_cast<std::int16_t>(draw(type));
  return tensor;
}

NetworkParameters random_parameters(const Graph& graph, const BitWidths& widths, std::uint64_t seed,
                                    StopToken stop) {
  const TypedGraph typed(graph, widths);
  Draw draw(seed);
  NetworkParameters parameters;
  parameters.layers.resize(graph.layers.size());
  for (const IntType type : typed.types) parameters.tensor_scale.push_back(1 / span_of(type));
  constexpr std::uint64_t kInputs = 8;  // so that other inputs find their range too
  std::vector<Calibration::Tensors> runs(kInputs);
  for (std::uint64_t i = 0; i < kInputs; ++i) {
    stop.check();
    runs[i].push_back(random_tensor(graph.input, typed.types[0], seed + i));
  }
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    parameters.layers[i] = drawn(typed, i, draw);
    Calibration calibration(graph, i, typed.types, typed.shapes[i + 1], runs, parameters, stop);
    std::visit([&](const auto& op) { calibrate(op, calibration); },
               unscaled_op(typed, i, parameters.layers[i].weights));
    const IntegerLayer layer = integer_layer(typed, i, parameters);
    for (Calibration::Tensors& tensors : runs) tensors.push_back(run(layer, tensors, stop));
  }
  return parameters;
}

IntegerNetwork random_network(const Graph& graph, const BitWidths& widths, std::uint64_t seed,
                              StopToken stop) {
  return make_integer_network(graph, widths, random_parameters(graph, widths, seed, stop));
}

}  // namespace freebits::models
