// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/integer_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {
namespace {

double checked_scale(double scale, std::string_view what) {
  if (scale > 0 && std::isfinite(scale)) return scale;
  throw Error(fmt::format("{}: {}, expected a positive number", what, scale));
}

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
  const RealLayer real{.parameters = own,
                       .in = typed.shapes[in],
                       .in_type = typed.types[in],
                       .second_type = typed.types[second],
                       .out_type = typed.types[i + 1],
                       .in_scale = scale(in),
                       .second_scale = scale(second),
                       .out_scale = scale(i + 1),
                       .limited = limited};
  std::visit([&](auto& each) { fold(each, real); }, op);
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
  const unsigned weight_bits = typed.widths.weights[i];
  return rules(layer.kind)
      .op({.layer = layer,
           .in = typed.shapes[layer.inputs[0]],
           .out = typed.shapes[i + 1],
           .weight_type = weight_bits == 0 ? IntType::S8 : int_type(weight_bits, true),
           .out_type = typed.types[i + 1],
           .weights = weights});
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
