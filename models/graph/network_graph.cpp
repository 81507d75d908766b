// SPDX-License-Identifier: Apache-2.0
#include "models/graph/network_graph.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"

namespace freebits::models {
namespace {

/// What an integer layer was before; `in`: its input's shape.
struct Description {
  Layer& layer;
  unsigned& weight_bits;
  Shape in;

  void operator()(const Conv& op) const {
    const bool dense = in.height * in.width == 1 && op.kernel_height * op.kernel_width == 1;
    layer.kind = dense ? LayerKind::FullyConnected : LayerKind::Conv;
    layer.out_channels = op.out_channels;
    weight_bits = bits(op.weight_type);
    if (!dense) window(op, op.kernel_height, op.kernel_width);
  }
  void operator()(const Depthwise& op) const {
    layer.kind = LayerKind::Depthwise;
    weight_bits = bits(op.weight_type);
    window(op, op.kernel, op.kernel);
  }
  void operator()(const Add&) const { layer.kind = LayerKind::Add; }
  void operator()(const AveragePool&) const { layer.kind = LayerKind::AveragePool; }
  void operator()(const MaxPool& op) const {
    layer.kind = LayerKind::MaxPool;
    window(op, op.kernel, op.kernel);
  }

 private:
  template <class Op>
  void window(const Op& op, unsigned height, unsigned width) const {
    layer.kernel_height = height;
    layer.kernel_width = width;
    layer.stride = op.stride;
    layer.padding = op.padding;
  }
};

bool may_clip(LayerKind kind) {
  return kind != LayerKind::AveragePool && kind != LayerKind::MaxPool;
}

void check_types(const Graph& graph, const BitWidths& widths, const std::vector<Tensor>& tensors) {
  const std::vector<IntType> types = tensor_types(graph, widths);
  for (TensorId t = 0; t < types.size(); ++t) {
    if (types[t] == tensors[t].type) continue;
    throw Error(fmt::format("{}: tensor {}: {}, expected {} by its graph", graph.name,
                            tensor_name(graph, t), name(tensors[t].type), name(types[t])));
  }
}

}  // namespace

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
    std::visit(Description{layer, weight_bits, tensors[l.inputs[0]].shape}, l.op);
    if (may_clip(layer.kind) && !is_signed(tensors[i + 1].type))
      layer.activation = Activation::Relu;
  }
  for (const Tensor& t : tensors) all.widths.activations.push_back(bits(t.type));
  check(all.graph, all.widths);
  check_types(all.graph, all.widths, tensors);
  return all;
}

}  // namespace freebits::models
