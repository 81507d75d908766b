// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>
#include <span>

#include "freebits/models/quantize.hpp"
#include "quantize/integer_layer.hpp"

namespace freebits::models {
namespace {

/// The same everywhere, which the distributions of <random> are not.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  std::int32_t operator()(IntType type) {
    const auto values = static_cast<std::uint64_t>(highest(type) - lowest(type) + 1);
    return lowest(type) + static_cast<std::int32_t>((engine_() >> 32) * values >> 32);
  }

 private:
  std::mt19937_64 engine_;
};

double span_of(IntType type) { return highest(type) - lowest(type); }

struct Moments {
  double mean = 0, deviation = 0;
};

/// Of every `step`-th sum from `first` on.
Moments moments(const std::vector<std::int32_t>& sums, std::size_t first, std::size_t step) {
  double sum = 0, squares = 0, count = 0;
  for (std::size_t i = first; i < sums.size(); i += step, ++count) sum += sums[i];
  const double mean = sum / count;
  for (std::size_t i = first; i < sums.size(); i += step)
    squares += (sums[i] - mean) * (sums[i] - mean);
  return {mean, std::sqrt(squares / count)};
}

/// Finds what a layer's output needs from what it makes of its inputs.
struct Calibrate {
  const TypedGraph& typed;
  std::size_t layer;
  const std::vector<Tensor>& tensors;
  NetworkParameters& parameters;

  /// Each channel to a mean and spread that touch both ends of the type, as batch norm would.
  template <class Op>
  void operator()(const Op& op) const {
    /// No channel ranges further, in steps: where it hardly varies, it stays so.
    constexpr double kMostSteps = 1 << 13;
    const Tensor& in = tensors[inputs()[0]];
    const std::vector<std::int32_t> sums = accumulators(op, in);
    const double span = span_of(op.out_type);
    const double middle = is_signed(op.out_type) ? -0.5 : 0.3 * span;
    const double spread = (is_signed(op.out_type) ? 0.25 : 0.3) * span;
    const Moments all = moments(sums, 0, 1);
    LayerParameters& p = parameters.layers[layer];
    const std::size_t channels = p.weight_scale.size();
    for (std::size_t c = 0; c < channels; ++c) {
      Moments own = moments(sums, c, channels);
      if (own.deviation == 0) own = all;  // such as all channels of a single pixel
      const double bound = std::max<double>(
          1, static_cast<double>(accumulator_bound(op, in.type, static_cast<unsigned>(c))));
      const double scale = std::min(spread / own.deviation, kMostSteps / bound);
      const double bias = middle - std::clamp(own.mean, -bound, bound) * scale;
      p.multiplier[c] = scale * out_scale() / (p.weight_scale[c] * in_scale(0));
      p.offset[c] = bias * out_scale();
    }
  }
  void operator()(const Add&) const {
    const Tensor &a = tensors[inputs()[0]], &b = tensors[inputs()[1]];
    std::vector<double> real(a.values.size());
    for (std::size_t i = 0; i < real.size(); ++i)
      real[i] = a.values[i] * in_scale(0) + b.values[i] * in_scale(1);
    fit(real);
  }
  void operator()(const AveragePool&) const {
    const Tensor& in = tensors[inputs()[0]];
    const std::size_t channels = in.shape.channels;
    std::vector<double> real(channels);
    for (std::size_t i = 0; i < in.values.size(); ++i)
      real[i % channels] += in.values[i] * in_scale(0) * static_cast<double>(channels) /
                            static_cast<double>(in.values.size());
    fit(real);
  }
  void operator()(const MaxPool&) const { out_scale() = in_scale(0); }

 private:
  [[nodiscard]] const std::vector<TensorId>& inputs() const {
    return typed.graph.layers[layer].inputs;
  }
  [[nodiscard]] double in_scale(std::size_t i) const {
    return parameters.tensor_scale[inputs()[i]];
  }
  [[nodiscard]] double& out_scale() const { return parameters.tensor_scale[layer + 1]; }

  /// The type's range to the largest value, or to 2.5 times the usual one where that is less.
  void fit(std::span<const double> real) const {
    double most = 0, squares = 0;
    for (const double value : real) {
      most = std::max(most, std::abs(value));
      squares += value * value;
    }
    const double usual = std::sqrt(squares / static_cast<double>(real.size()));
    const IntType type = typed.types[layer + 1];
    const double reach = is_signed(type) ? span_of(type) / 2 : span_of(type);
    if (most > 0) out_scale() = std::min(most, 2.5 * usual) / reach;
  }
};

LayerParameters drawn(const TypedGraph& typed, std::size_t i, Draw& draw) {
  const Layer& layer = typed.graph.layers[i];
  if (!has_weights(layer.kind)) return {};
  const Shape in = typed.shapes[layer.inputs[0]], out = typed.shapes[i + 1];
  const IntType type = int_type(typed.widths.weights[i], true);
  LayerParameters p;
  p.weights.resize(weight_count(layer, in, out));
  for (std::int8_t& weight : p.weights) weight = static_cast<std::int8_t>(draw(type));
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

NetworkParameters random_parameters(const Graph& graph, const BitWidths& widths,
                                    std::uint64_t seed) {
  const TypedGraph typed(graph, widths);
  Draw draw(seed);
  NetworkParameters parameters;
  parameters.layers.resize(graph.layers.size());
  for (const IntType type : typed.types) parameters.tensor_scale.push_back(1 / span_of(type));
  std::vector<Tensor> tensors = {random_tensor(graph.input, typed.types[0], seed + 1)};
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    parameters.layers[i] = drawn(typed, i, draw);
    std::visit(Calibrate{typed, i, tensors, parameters},
               unscaled_op(typed, i, parameters.layers[i].weights));
    tensors.push_back(run(integer_layer(typed, i, parameters), tensors));
  }
  return parameters;
}

IntegerNetwork random_network(const Graph& graph, const BitWidths& widths, std::uint64_t seed) {
  return make_integer_network(graph, widths, random_parameters(graph, widths, seed));
}

}  // namespace freebits::models
