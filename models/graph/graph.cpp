// SPDX-License-Identifier: Apache-2.0
#include "models/graph/graph.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <stdexcept>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {
namespace {

constexpr std::array<std::string_view, 3> kActivationNames = {"none", "relu", "relu6"};

/// "conv and depthwise".
std::string kinds_with_batch_norm() {
  std::string all;
  for (std::size_t i = 0; i < kLayerKinds; ++i) {
    if (rules(static_cast<LayerKind>(i)).has_batch_norm)
      all += (all.empty() ? "" : " and ") + std::string(kLayerKindNames[i]);
  }
  return all;
}

void check_attributes(const Layer& l) {
  const LayerRules& its = rules(l.kind);
  if (its.makes_channels != (l.out_channels != 0)) {
    throw Error(fmt::format("{} output channels, expected {}", l.out_channels,
                            its.makes_channels ? "at least 1" : "none to be given"));
  }
  if (l.batch_norm && !its.has_batch_norm)
    throw Error(fmt::format("batch norm, expected in {} only", kinds_with_batch_norm()));
  if (l.activation != Activation::None && !its.has_activation)
    throw Error("an activation, expected none after a pool");
}

Shape output_of(const Layer& l, const std::vector<Shape>& known) {
  expect("inputs", l.inputs.size(), inputs_of(l.kind));
  std::vector<Shape> in;
  for (const TensorId id : l.inputs) {
    if (id >= known.size()) {
      throw Error(fmt::format("input is tensor {}, expected one made before: 0 to {}", id,
                              known.size() - 1));
    }
    in.push_back(known[id]);
  }
  check_attributes(l);
  return rules(l.kind).output(l, in);
}

}  // namespace

std::string_view name(Activation a) { return kActivationNames.at(static_cast<std::size_t>(a)); }

bool has_weights(LayerKind kind) { return rules(kind).weights_each != nullptr; }

bool keeps_precision(LayerKind kind) { return rules(kind).keeps_precision; }

std::vector<TensorId> precision_roots(const Graph& graph) {
  std::vector<TensorId> roots = {0};
  for (const Layer& layer : graph.layers)
    roots.push_back(keeps_precision(layer.kind) ? roots.at(layer.inputs.at(0)) : roots.size());
  return roots;
}

std::string_view tensor_name(const Graph& graph, TensorId id) {
  return id == 0 ? kInputName : std::string_view(graph.layers.at(id - 1).name);
}

std::size_t weights_each(const Layer& layer, Shape in) {
  return has_weights(layer.kind) ? rules(layer.kind).weights_each(layer, in) : 0;
}

std::size_t weight_count(const Layer& layer, Shape in, Shape out) {
  return weights_each(layer, in) * out.channels;
}

void check_tensor_size(const std::string& where, Shape shape) {
  if (shape.size() >= 1 && shape.size() <= kMostTensorValues) return;
  throw Error(
      fmt::format("{}: {} x {} x {} values, expected 1 to {}: no target "
                  "has memory for more",
                  where, shape.height, shape.width, shape.channels, kMostTensorValues));
}

std::vector<Shape> shapes(const Graph& graph) {
  check_name("network", graph.name);
  if (graph.input.size() == 0 || graph.layers.empty())
    throw Error(graph.name + ": expected an input and at least one layer");
  check_tensor_size(fmt::format("{}: {}", graph.name, kInputName), graph.input);
  check_supported(graph.input);
  std::vector<Shape> all = {graph.input};
  std::set<std::string_view> names = {kInputName};
  for (const Layer& layer : graph.layers) {
    check_name(graph.name + ": layer", layer.name);
    try {
      if (!names.insert(layer.name).second) throw Error("expected a name of its own");
      all.push_back(output_of(layer, all));
      check_supported(all.back());
      check_tensor_size("output", all.back());
    } catch (const Error& error) {
      throw Error(fmt::format("{}: layer {} ({}): {}", graph.name, layer.name, name(layer.kind),
                              error.what()));
    }
  }
  return all;
}

std::vector<bool> signed_tensors(const Graph& graph) {
  std::vector<bool> all = {false};
  for (const Layer& l : graph.layers) {
    const bool as_input = !rules(l.kind).has_activation;
    all.push_back(as_input ? all.at(l.inputs.at(0)) : l.activation == Activation::None);
  }
  return all;
}

std::uint64_t macs(const Layer& layer, Shape in, Shape out) {
  return out.size() * weights_each(layer, in);
}

std::uint64_t macs(const Graph& graph) {
  const std::vector<Shape> all = shapes(graph);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
    sum += macs(graph.layers[i], all[graph.layers[i].inputs[0]], all[i + 1]);
  return sum;
}

}  // namespace freebits::models
