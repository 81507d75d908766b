// SPDX-License-Identifier: Apache-2.0
#include "models/graph/integer_network.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {
namespace {

/// make(op, inputs), the inputs found.
template <class Make>
Tensor made_by(const IntegerLayer& layer, const std::vector<Tensor>& tensors, const Make& make) {
  try {
    expect("inputs", layer.inputs.size(), inputs_of(kind_of(layer.op)));
    Inputs in;
    for (const TensorId id : layer.inputs) {
      if (id >= tensors.size()) throw Error(fmt::format("input is tensor {}, not made before", id));
      in.push_back(&tensors[id]);
    }
    return make(layer.op, in);
  } catch (const Error& error) {
    throw Error(fmt::format("layer {}: {}", layer.name, error.what()));
  }
}

/// All tensors in order, each made from those before.
template <class Make>
std::vector<Tensor> all_tensors(const IntegerNetwork& network, Tensor input, const Make& make) {
  std::vector<Tensor> all = {std::move(input)};
  all.reserve(network.layers.size() + 1);
  try {
    for (const IntegerLayer& layer : network.layers) all.push_back(made_by(layer, all, make));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", network.name, error.what()));
  }
  return all;
}

}  // namespace

Tensor empty_output(const IntegerOp& op, const Inputs& in) {
  return std::visit([&](const auto& each) { return empty_output(each, in); }, op);
}

Tensor run(const IntegerOp& op, const Inputs& in, StopToken stop) {
  return std::visit([&](const auto& each) { return run(each, in, stop); }, op);
}

std::vector<Tensor> empty_tensors(const IntegerNetwork& network) {
  check_supported(network.input);
  return all_tensors(network, empty_tensor(network.input, network.input_type),
                     [](const IntegerOp& op, const Inputs& in) { return empty_output(op, in); });
}

Tensor run(const IntegerLayer& layer, const std::vector<Tensor>& tensors, StopToken stop) {
  return made_by(layer, tensors,
                 [&](const IntegerOp& op, const Inputs& in) { return run(op, in, stop); });
}

std::vector<Tensor> run(const IntegerNetwork& network, const Tensor& input, StopToken stop) {
  if (!(input.shape == network.input) || input.type != network.input_type) {
    throw Error(fmt::format("{}: input is {}x{}x{} {}, expected {}x{}x{} {}", network.name,
                            input.shape.height, input.shape.width, input.shape.channels,
                            name(input.type), network.input.height, network.input.width,
                            network.input.channels, name(network.input_type)));
  }
  return all_tensors(network, input,
                     [&](const IntegerOp& op, const Inputs& in) { return run(op, in, stop); });
}

}  // namespace freebits::models
