// SPDX-License-Identifier: Apache-2.0
#include "models/graph/graph.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <stdexcept>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/graph/limits.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {
namespace {

constexpr std::array<std::string_view, 6> kKindNames = {"conv", "depthwise",    "fully_connected",
                                                        "add",  "average_pool", "max_pool"};
constexpr std::array<std::string_view, 3> kActivationNames = {"none", "relu", "relu6"};

Shape windowed(const Layer& l, Shape in, unsigned channels) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel_height, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel_width, l.stride),
          channels};
}

void check_attributes(const Layer& l) {
  const bool makes_channels = l.kind == LayerKind::Conv || l.kind == LayerKind::FullyConnected;
  if (makes_channels != (l.out_channels != 0)) {
    throw Error(fmt::format("{} output channels, expected {}", l.out_channels,
                            makes_channels ? "at least 1" : "none to be given"));
  }
  if (l.batch_norm && l.kind != LayerKind::Conv && l.kind != LayerKind::Depthwise)
    throw Error("batch norm, expected in conv and depthwise only");
  const bool pool = l.kind == LayerKind::AveragePool || l.kind == LayerKind::MaxPool;
  if (pool && l.activation != Activation::None)
    throw Error("an activation, expected none after a pool");
}

Shape output_of(const Layer& l, const std::vector<Shape>& known) {
  const std::size_t inputs = l.kind == LayerKind::Add ? 2 : 1;
  expect("inputs", l.inputs.size(), inputs);
  for (const TensorId id : l.inputs) {
    if (id >= known.size()) {
      throw Error(fmt::format("input is tensor {}, expected one made before: 0 to {}", id,
                              known.size() - 1));
    }
  }
  check_attributes(l);
  const Shape in = known[l.inputs[0]];
  check_supported(l, in);
  switch (l.kind) {
    case LayerKind::Conv:
      return windowed(l, in, l.out_channels);
    case LayerKind::Depthwise:
    case LayerKind::MaxPool:
      return windowed(l, in, in.channels);
    case LayerKind::FullyConnected:
      expect("pixels of the input", std::size_t{in.height} * in.width, 1);
      return {1, 1, l.out_channels};
    case LayerKind::Add:
      if (!(in == known[l.inputs[1]]))
        throw Error("inputs of different shapes, expected equal ones");
      return in;
    case LayerKind::AveragePool:
      return {1, 1, in.channels};
  }
  throw Error("no such kind of layer");
}

}  // namespace

std::string_view name(LayerKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)); }
std::string_view name(Activation a) { return kActivationNames.at(static_cast<std::size_t>(a)); }

bool has_weights(LayerKind kind) {
  return kind == LayerKind::Conv || kind == LayerKind::Depthwise ||
         kind == LayerKind::FullyConnected;
}

std::string_view tensor_name(const Graph& graph, TensorId id) {
  return id == 0 ? kInputName : std::string_view(graph.layers.at(id - 1).name);
}

std::size_t weight_count(const Layer& layer, Shape in, Shape out) {
  if (!has_weights(layer.kind)) return 0;
  const std::size_t each = layer.kind == LayerKind::Depthwise ? 1 : in.channels;
  return each * layer.kernel_height * layer.kernel_width * out.channels;
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
    const bool pool = l.kind == LayerKind::AveragePool || l.kind == LayerKind::MaxPool;
    all.push_back(pool ? all.at(l.inputs.at(0)) : l.activation == Activation::None);
  }
  return all;
}

std::uint64_t macs(const Layer& layer, Shape in, Shape out) {
  const std::uint64_t window = std::uint64_t{layer.kernel_height} * layer.kernel_width;
  switch (layer.kind) {
    case LayerKind::Conv:
      return out.size() * window * in.channels;
    case LayerKind::Depthwise:
      return out.size() * window;
    case LayerKind::FullyConnected:
      return out.size() * in.channels;
    default:
      return 0;
  }
}

std::uint64_t macs(const Graph& graph) {
  const std::vector<Shape> all = shapes(graph);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
    sum += macs(graph.layers[i], all[graph.layers[i].inputs[0]], all[i + 1]);
  return sum;
}

}  // namespace freebits::models
