// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/integer_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "base/error.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {
namespace {

/// The one side of a square kernel.
unsigned square(const Layer& layer) {
  expect("kernel width", layer.kernel_width, layer.kernel_height);
  return layer.kernel_height;
}

Conv conv(const Layer& layer, Shape in, Shape out, IntType weight_type,
          const std::vector<std::int8_t>& weights, IntType out_type) {
  return {.kernel_height = layer.kernel_height,
          .kernel_width = layer.kernel_width,
          .stride = layer.stride,
          .padding = layer.padding,
          .in_channels = in.channels,
          .out_channels = out.channels,
          .weight_type = weight_type,
          .weights = weights,
          .requantization = {},
          .out_type = out_type};
}

double checked_scale(double scale, std::string_view what) {
  if (scale > 0 && std::isfinite(scale)) return scale;
  throw Error(fmt::format("{}: {}, expected a positive number", what, scale));
}

void check(const LayerParameters& p, std::size_t channels, IntType weight_type) {
  expect("weight scales", p.weight_scale.size(), channels);
  expect("multipliers", p.multiplier.size(), channels);
  expect("offsets", p.offset.size(), channels);
  for (std::size_t c = 0; c < channels; ++c) {
    (void)checked_scale(p.weight_scale[c], fmt::format("weight scale of channel {}", c));
    if (!std::isfinite(p.multiplier[c]) || !std::isfinite(p.offset[c]))
      throw Error(fmt::format("channel {}: multiplier {} and offset {}, expected finite numbers", c,
                              p.multiplier[c], p.offset[c]));
  }
  if (!p.center.empty()) expect("centers", p.center.size(), channels);
  check_weights(p.weights, weight_type);
}

/// Turns the weights of an output channel around. The lowest has no counterpart: it becomes the
/// highest, one step from it; returns how many do.
unsigned negate(std::span<std::int8_t> weights, IntType type) {
  unsigned off = 0;
  for (std::int8_t& w : weights) {
    off += w == lowest(type) ? 1 : 0;
    w = static_cast<std::int8_t>(std::min(-w, static_cast<int>(highest(type))));
  }
  return off;
}

/// Real scales into requantization, by kind.
struct Fold {
  const LayerParameters& parameters;
  Shape in;
  IntType in_type;
  double in_scale, second_scale, out_scale;
  IntType second_type, out_type;
  LimitedLayer& limited;

  void operator()(Conv& op) const { fold(op, op.out_channels); }
  void operator()(Depthwise& op) const { fold(op, op.channels); }
  void operator()(Add& op) const {
    const double a = in_scale / out_scale, b = second_scale / out_scale;
    const LimitedAddition result = limited_addition(a, largest(in_type), b, largest(second_type),
                                                    lowest(out_type), highest(out_type));
    op.addition = result.addition;
    if (result.error > 0)
      limited.channels.push_back(
          {.scale = std::max(a, b),
           .computed = std::ldexp(std::max(result.addition.mul_a, result.addition.mul_b),
                                  -static_cast<int>(result.addition.shift)),
           .error = result.error});
  }
  void operator()(AveragePool& op) const {
    const std::int64_t pixels = std::int64_t{in.height} * in.width;
    op.requantization =
        requantization({{.scale = in_scale / out_scale / static_cast<double>(pixels),
                         .bound = pixels * largest(in_type)}});
  }
  void operator()(const MaxPool&) const {
    if (in_scale != out_scale) {
      throw Error(fmt::format("scale of its output {}, expected its input's {}: max pool keeps it",
                              out_scale, in_scale));
    }
  }

 private:
  template <class Op>
  void fold(Op& op, unsigned channels) const {
    check(parameters, channels, op.weight_type);
    const std::size_t each = op.weights.size() / channels;
    std::vector<RealChannel> real;
    std::vector<double> off(channels, 0);  // by weights that cannot be negated
    for (unsigned c = 0; c < channels; ++c) {
      const double multiplier = parameters.multiplier[c];
      const double scale = std::abs(multiplier) * parameters.weight_scale[c] * in_scale / out_scale;
      if (multiplier < 0)
        off[c] = scale * largest(in_type) *
                 negate(std::span(op.weights).subspan(c * each, each), op.weight_type);
      const double bias = parameters.offset[c] / out_scale;
      const double center = parameters.center.empty() ? bias : parameters.center[c] / out_scale;
      real.push_back({.scale = scale,
                      .bias = bias,
                      .bound = accumulator_bound(op, in_type, c),
                      .center = (center - bias) / scale});
    }
    op.requantization = requantization(real);
    for (unsigned c = 0; c < channels; ++c) {
      if (off[c] > 0) add_error(c, real[c].scale, off[c]);
    }
  }

  [[nodiscard]] Requantization requantization(const std::vector<RealChannel>& real) const {
    LimitedRequantization result =
        limited_requantization(real, lowest(out_type), highest(out_type));
    limited.channels = std::move(result.limited);
    return std::move(result.requantization);
  }

  /// No output is further off than its range is wide.
  void add_error(std::size_t channel, double scale, double error) const {
    const double most = highest(out_type) - lowest(out_type);
    const auto known = std::ranges::find(limited.channels, channel, &LimitedChannel::channel);
    if (known != limited.channels.end()) {
      known->error = std::min(most, known->error + error);
    } else {
      limited.channels.push_back({channel, scale, scale, std::min(most, error)});
    }
  }
};

IntegerOp integer_op(const TypedGraph& typed, std::size_t i, const NetworkParameters& parameters,
                     LimitedLayer& limited) {
  const Layer& layer = typed.graph.layers[i];
  const LayerParameters& own = parameters.layers[i];
  const auto scale = [&](TensorId id) {
    return checked_scale(parameters.tensor_scale[id],
                         fmt::format("scale of tensor {}", tensor_name(typed.graph, id)));
  };
  const TensorId in = layer.inputs.front(), second = layer.inputs.back();
  expect("weights", own.weights.size(), weight_count(layer, typed.shapes[in], typed.shapes[i + 1]));
  IntegerOp op = unscaled_op(typed, i, own.weights);
  std::visit(Fold{.parameters = own,
                  .in = typed.shapes[in],
                  .in_type = typed.types[in],
                  .in_scale = scale(in),
                  .second_scale = scale(second),
                  .out_scale = scale(i + 1),
                  .second_type = typed.types[second],
                  .out_type = typed.types[i + 1],
                  .limited = limited},
             op);
  return op;
}

}  // namespace

TypedGraph::TypedGraph(const Graph& the_graph, const BitWidths& the_widths)
    : graph(the_graph), widths(the_widths) {
  models::check(graph, widths);
  shapes = models::shapes(graph);
  types = tensor_types(graph, widths);
}

IntegerOp unscaled_op(const TypedGraph& typed, std::size_t i,
                      const std::vector<std::int8_t>& weights) {
  const Layer& layer = typed.graph.layers[i];
  const Shape in = typed.shapes[layer.inputs[0]], out = typed.shapes[i + 1];
  const IntType out_type = typed.types[i + 1];
  switch (layer.kind) {
    case LayerKind::Conv:
    case LayerKind::FullyConnected:
      return conv(layer, in, out, int_type(typed.widths.weights[i], true), weights, out_type);
    case LayerKind::Depthwise:
      return Depthwise{.kernel = square(layer),
                       .stride = layer.stride,
                       .padding = layer.padding,
                       .channels = in.channels,
                       .weight_type = int_type(typed.widths.weights[i], true),
                       .weights = weights,
                       .requantization = {},
                       .out_type = out_type};
    case LayerKind::Add:
      return Add{.addition = {}, .out_type = out_type};
    case LayerKind::AveragePool:
      return AveragePool{.requantization = {}, .out_type = out_type};
    case LayerKind::MaxPool:
      return MaxPool{.kernel = square(layer), .stride = layer.stride, .padding = layer.padding};
  }
  throw Error("no such kind of layer");
}

IntegerLayer integer_layer(const TypedGraph& typed, std::size_t i,
                           const NetworkParameters& parameters,
                           std::vector<LimitedLayer>* limited) {
  const Layer& layer = typed.graph.layers[i];
  try {
    LimitedLayer its{.name = layer.name, .channels = {}};
    IntegerLayer result{layer.name, layer.inputs, integer_op(typed, i, parameters, its)};
    if (limited != nullptr && !its.channels.empty()) limited->push_back(std::move(its));
    return result;
  } catch (const Error& error) {
    throw Error(fmt::format("{}: layer {} ({}): {}", typed.graph.name, layer.name, name(layer.kind),
                            error.what()));
  }
}

std::string summary(const std::vector<LimitedLayer>& limited) {
  constexpr std::size_t kMost = 3;
  std::size_t channels = 0;
  double error = 0;
  std::string names;
  for (std::size_t i = 0; i < limited.size(); ++i) {
    channels += limited[i].channels.size();
    for (const LimitedChannel& c : limited[i].channels) error = std::max(error, c.error);
    if (i < kMost) names += (i == 0 ? "" : ", ") + limited[i].name;
  }
  if (channels == 0) return {};
  if (limited.size() > kMost) names += fmt::format(" and {} more", limited.size() - kMost);
  return fmt::format(
      "{} channel{} steeper than the chip computes, in {}: outputs there are at most {:.0f} steps "
      "off",
      channels, channels == 1 ? "" : "s", names, std::ceil(error));
}

IntegerNetwork make_integer_network(const Graph& graph, const BitWidths& widths,
                                    const NetworkParameters& parameters,
                                    std::vector<LimitedLayer>* limited) {
  const TypedGraph typed(graph, widths);
  expect("parameters of layers", parameters.layers.size(), graph.layers.size());
  expect("scales of tensors", parameters.tensor_scale.size(), graph.layers.size() + 1);
  IntegerNetwork network{
      .name = graph.name, .input = graph.input, .input_type = typed.types[0], .layers = {}};
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
    network.layers.push_back(integer_layer(typed, i, parameters, limited));
  return network;
}

}  // namespace freebits::models
