// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

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

/// The tensors of one input, by TensorId.
using Tensors = std::vector<Tensor>;

/// Finds what a layer's output needs from what it makes of the tensors of several inputs.
struct Calibrate {
  const TypedGraph& typed;
  std::size_t layer;
  const std::vector<Tensors>& runs;
  NetworkParameters& parameters;
  StopToken stop;

  /// Each channel to a mean and spread that touch both ends of the type, as batch norm would.
  template <class Op>
  void operator()(const Op& op) const {
    /// No channel ranges further, in steps: where it hardly varies, it stays so.
    constexpr double kMostSteps = 1 << 13;
    const double span = span_of(op.out_type);
    const double middle = is_signed(op.out_type) ? 0 : 0.3 * span;
    const double spread = (is_signed(op.out_type) ? 0.25 : 0.3) * span;
    const std::vector<std::int32_t> sums = all_accumulators(op);
    const Moments all = moments(sums, 0, 1);
    LayerParameters& p = parameters.layers[layer];
    const std::size_t channels = p.weight_scale.size();
    const bool single = typed.shapes[layer + 1].size() == channels;
    for (std::size_t c = 0; c < channels; ++c) {
      stop.check();
      Moments own = moments(sums, c, channels);
      // A single pixel says too little of its channel: there the channels differ from each other.
      if (single || own.deviation == 0) own = all;
      const double bound =
          std::max<double>(1, static_cast<double>(accumulator_bound(op, typed.types[inputs()[0]],
                                                                    static_cast<unsigned>(c))));
      const double scale = std::min(spread / own.deviation, kMostSteps / bound);
      const double bias = middle - std::clamp(own.mean, -bound, bound) * scale;
      p.multiplier[c] = scale * out_scale() / (p.weight_scale[c] * in_scale(0));
      p.offset[c] = bias * out_scale();
    }
  }
  void operator()(const Add&) const {
    std::vector<double> real;
    for (const Tensors& tensors : runs) {
      stop.check();
      const Tensor &a = tensors[inputs()[0]], &b = tensors[inputs()[1]];
      for (std::size_t i = 0; i < a.values.size(); ++i)
        real.push_back(a.values[i] * in_scale(0) + b.values[i] * in_scale(1));
    }
    fit(real);
  }
  void operator()(const AveragePool&) const {
    std::vector<double> real;
    for (const Tensors& tensors : runs) {
      stop.check();
      const Tensor& in = tensors[inputs()[0]];
      std::vector<double> means(in.shape.channels);
      const double share =
          static_cast<double>(means.size()) / static_cast<double>(in.values.size());
      for (std::size_t i = 0; i < in.values.size(); ++i)
        means[i % means.size()] += in.values[i] * in_scale(0) * share;
      real.insert(real.end(), means.begin(), means.end());
    }
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

  template <class Op>
  [[nodiscard]] std::vector<std::int32_t> all_accumulators(const Op& op) const {
    std::vector<std::int32_t> all;
    for (const Tensors& tensors : runs) {
      const std::vector<std::int32_t> sums = accumulators(op, tensors[inputs()[0]], stop);
      all.insert(all.end(), sums.begin(), sums.end());
    }
    return all;
  }

  /// The type's range to the largest value, or to 2.5 times the usual one where that is less; of
  /// the positive values where others are clipped.
  void fit(const std::vector<double>& real) const {
    const IntType type = typed.types[layer + 1];
    double most = 0, squares = 0, count = 0;
    for (const double value : real) {
      const double size = is_signed(type) ? std::abs(value) : value;
      if (size <= 0) continue;
      most = std::max(most, size);
      squares += size * size;
      ++count;
    }
    const double reach = is_signed(type) ? span_of(type) / 2 : span_of(type);
    if (count > 0) out_scale() = std::min(most, 2.5 * std::sqrt(squares / count)) / reach;
  }
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
  std::vector<Tensors> runs(kInputs);
  for (std::uint64_t i = 0; i < kInputs; ++i) {
    stop.check();
    runs[i].push_back(random_tensor(graph.input, typed.types[0], seed + i));
  }
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    parameters.layers[i] = drawn(typed, i, draw);
    std::visit(Calibrate{typed, i, runs, parameters, stop},
               unscaled_op(typed, i, parameters.layers[i].weights));
    const IntegerLayer layer = integer_layer(typed, i, parameters);
    for (Tensors& tensors : runs) tensors.push_back(run(layer, tensors, stop));
  }
  return parameters;
}

IntegerNetwork random_network(const Graph& graph, const BitWidths& widths, std::uint64_t seed,
                              StopToken stop) {
  return make_integer_network(graph, widths, random_parameters(graph, widths, seed, stop));
}

}  // namespace freebits::models
