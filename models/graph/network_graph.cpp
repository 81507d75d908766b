// SPDX-License-Identifier: Apache-2.0
#include "models/graph/network_graph.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_functions.hpp"

namespace freebits::models {
namespace {

void check_types(const Graph& graph, const BitWidths& widths, const std::vector<Tensor>& tensors) {
  const std::vector<IntType> types = tensor_types(graph, widths);
  for (TensorId t = 0; t < types.size(); ++t) {
    if (types[t] == tensors[t].type) continue;
    throw Error(fmt::format("{}: tensor {}: {}, expected {} by its graph", graph.name,
                            tensor_name(graph, t), name(tensors[t].type), name(types[t])));
  }
}

}  // namespace

LayerKind layer_kind(const IntegerOp& op, Shape in) {
  Layer layer;
  unsigned weight_bits = 0;
  std::visit([&](const auto& each) { describe(each, in, layer, weight_bits); }, op);
  return layer.kind;
}

GraphAndWidths graph_of(const IntegerNetwork& network) {
  const std::vector<Tensor> tensors = empty_tensors(network);
  GraphAndWidths all;
  all.graph = {.name = network.name, .input = network.input, .layers = {}};
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const IntegerLayer& l = network.layers[i];
    Layer& layer = all.graph.layers.emplace_back();
    layer.name = l.name;
    layer.inputs = l.inputs;
    unsigned& weight_bits = all.widths.weights.emplace_back(0);
    const Shape in = tensors[l.inputs[0]].shape;
    std::visit([&](const auto& op) { describe(op, in, layer, weight_bits); }, l.op);
    if (rules(layer.kind).has_activation && !is_signed(tensors[i + 1].type))
      layer.activation = Activation::Relu;
  }
  for (const Tensor& t : tensors) all.widths.activations.push_back(bits(t.type));
  check(all.graph, all.widths);
  check_types(all.graph, all.widths, tensors);
  return all;
}

}  // namespace freebits::models
