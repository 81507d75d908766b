// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string_view>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/graph/check_preparation.hpp"
#include "models/graph/integer_network.hpp"
#include "models/graph/kinds/op_functions.hpp"

namespace freebits::models {
void check(const IntegerNetwork& network) {
  if (network.preparation) check_preparation(*network.preparation, network.input);
  check_name("network", network.name);
  if (network.layers.empty()) throw Error(network.name + ": no layers, expected at least one");
  std::set<std::string_view> names = {kInputName};
  for (const IntegerLayer& layer : network.layers) {
    check_name(network.name + ": layer", layer.name);
    if (!names.insert(layer.name).second) {
      throw Error(
          fmt::format("{}: layer {}: its name is another's, expected one "
                      "of its own",
                      network.name, layer.name));
    }
  }
  const std::vector<Tensor> tensors = empty_tensors(network);
  for (TensorId id = 0; id < tensors.size(); ++id) {
    check_tensor_size(
        fmt::format("{}: {}", network.name, id == 0 ? kInputName : network.layers[id - 1].name),
        tensors[id].shape);
  }
  for (const IntegerLayer& layer : network.layers) {
    Inputs in;
    for (const TensorId id : layer.inputs) in.push_back(&tensors[id]);
    try {
      std::visit([&](const auto& op) { check(op, in); }, layer.op);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: layer {}: {}", network.name, layer.name, error.what()));
    }
  }
}

}  // namespace freebits::models
