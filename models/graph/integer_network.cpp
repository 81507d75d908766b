// SPDX-License-Identifier: Apache-2.0
#include "models/graph/integer_network.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "models/graph/limits.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {
namespace {

Tensor without_values(Shape shape, IntType type) {
  Tensor tensor;
  tensor.shape = shape;
  tensor.type = type;
  return tensor;
}

/// Shape and type of a layer's output; no values.
struct Outcome {
  const std::vector<const Tensor*>& in;
  StopToken stop;

  [[nodiscard]] Tensor operator()(const Conv& l) const {
    check_supported(l);
    return without_values(output_shape(l, in[0]->shape), l.out_type);
  }
  [[nodiscard]] Tensor operator()(const Depthwise& l) const {
    check_supported(l);
    return without_values(output_shape(l, in[0]->shape), l.out_type);
  }
  [[nodiscard]] Tensor operator()(const Add& l) const {
    return without_values(in[0]->shape, l.out_type);
  }
  [[nodiscard]] Tensor operator()(const AveragePool& l) const {
    return without_values({1, 1, in[0]->shape.channels}, l.out_type);
  }
  [[nodiscard]] Tensor operator()(const MaxPool& l) const {
    check_supported(l);
    return without_values(output_shape(l, in[0]->shape), output_type(l, in[0]->type));
  }
};

struct Execution {
  const std::vector<const Tensor*>& in;
  StopToken stop;

  [[nodiscard]] Tensor operator()(const Add& l) const { return run(l, *in[0], *in[1]); }
  template <class Op>
  [[nodiscard]] Tensor operator()(const Op& l) const {
    return run(l, *in[0], stop);
  }
};

/// A layer's output, made by Visitor.
template <class Visitor>
Tensor made_by(const IntegerLayer& layer, const std::vector<Tensor>& tensors, StopToken stop) {
  try {
    expect("inputs", layer.inputs.size(), std::holds_alternative<Add>(layer.op) ? 2 : 1);
    std::vector<const Tensor*> in;
    for (const TensorId id : layer.inputs) {
      if (id >= tensors.size()) throw Error(fmt::format("input is tensor {}, not made before", id));
      in.push_back(&tensors[id]);
    }
    return std::visit(Visitor{in, stop}, layer.op);
  } catch (const Error& error) {
    throw Error(fmt::format("layer {}: {}", layer.name, error.what()));
  }
}

/// All tensors in order, each made by Visitor from those before.
template <class Visitor>
std::vector<Tensor> visit_layers(const IntegerNetwork& network, Tensor input, StopToken stop) {
  std::vector<Tensor> all = {std::move(input)};
  all.reserve(network.layers.size() + 1);
  try {
    for (const IntegerLayer& layer : network.layers)
      all.push_back(made_by<Visitor>(layer, all, stop));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", network.name, error.what()));
  }
  return all;
}

}  // namespace

std::vector<Tensor> empty_tensors(const IntegerNetwork& network) {
  check_supported(network.input);
  return visit_layers<Outcome>(network, without_values(network.input, network.input_type), {});
}

Tensor run(const IntegerLayer& layer, const std::vector<Tensor>& tensors, StopToken stop) {
  return made_by<Execution>(layer, tensors, stop);
}

std::vector<Tensor> run(const IntegerNetwork& network, const Tensor& input, StopToken stop) {
  if (!(input.shape == network.input) || input.type != network.input_type) {
    throw Error(fmt::format("{}: input is {}x{}x{} {}, expected {}x{}x{} {}", network.name,
                            input.shape.height, input.shape.width, input.shape.channels,
                            name(input.type), network.input.height, network.input.width,
                            network.input.channels, name(network.input_type)));
  }
  return visit_layers<Execution>(network, input, stop);
}

}  // namespace freebits::models
