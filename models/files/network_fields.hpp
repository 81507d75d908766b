// SPDX-License-Identifier: Apache-2.0
// What the files of graphs and of integer networks have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/kinds/op_fields.hpp"

namespace freebits::models {

inline constexpr std::size_t kMostLayers = 10'000;  // what looks for one among all stays quick

/// Names of an enumeration, in its order.
template <class Enum>
std::vector<std::string> names_of(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(name(static_cast<Enum>(i)));
  return names;
}

inline Json to_json(Shape shape) { return {shape.height, shape.width, shape.channels}; }
inline Shape take_shape(Fields& fields, const std::string& key) {
  const auto [height, width, channels] = fields.sizes<3>(key);
  return {height, width, channels};
}

inline std::vector<TensorId> take_inputs(Fields& fields) {
  const std::vector<std::int64_t> ids = fields.numbers("inputs", 0, INT32_MAX);
  return {ids.begin(), ids.end()};
}

/// The entries of "layers", each by `layer_of`.
template <class Layer>
std::vector<Layer> take_layers(Fields& fields, Layer (*layer_of)(Fields)) {
  std::vector<Layer> layers;
  const Json& list = fields.list("layers");
  if (list.size() > kMostLayers)
    fields.fail("layers", std::to_string(list.size()) + " entries",
                "at most " + std::to_string(kMostLayers));
  for (const Json& entry : list)
    layers.push_back(
        layer_of({entry, fields.where() + ": layer " + std::to_string(layers.size() + 1)}));
  return layers;
}

}  // namespace freebits::models
