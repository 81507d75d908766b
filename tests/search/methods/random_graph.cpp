// SPDX-License-Identifier: Apache-2.0
#include "random_graph.hpp"

#include <string>

#include "search/methods/gates.hpp"

namespace freebits::search::test {
namespace {

using models::LayerKind;
using models::TensorId;

class Builder {
 public:
  explicit Builder(models::Graph& graph) : graph_(&graph) {}

  TensorId add(LayerKind kind, std::vector<TensorId> inputs, unsigned kernel, unsigned channels) {
    const unsigned pad = kernel / 2;
    const bool convolves = kind == LayerKind::Conv || kind == LayerKind::Depthwise;
    graph_->layers.push_back(
        {.name = "layer" + std::to_string(graph_->layers.size()),
         .kind = kind,
         .inputs = std::move(inputs),
         .kernel_height = kernel,
         .kernel_width = kernel,
         .padding = {pad, pad, pad, pad},
         .out_channels = channels,
         .batch_norm = convolves,
         .activation = convolves ? models::Activation::Relu : models::Activation::None});
    return graph_->layers.size();
  }

 private:
  models::Graph* graph_;
};

}  // namespace

models::Graph random_graph(std::uint64_t seed) {
  constexpr unsigned kChannels = 6;
  Random random{seed};
  models::Graph graph{.name = "random " + std::to_string(seed), .input = {16, 16, 3}, .layers = {}};
  Builder builder(graph);
  TensorId x = 0;
  if (seed % 3 == 0) x = builder.add(LayerKind::MaxPool, {x}, 3, 0);
  x = builder.add(LayerKind::Conv, {x}, 3, kChannels);
  std::vector<TensorId> alike = {x};  // of one shape
  for (std::uint64_t i = 3 + random.below(6); i > 0; --i) {
    const TensorId from = alike[random.below(alike.size())];
    switch (random.below(5)) {
      case 0:
        x = builder.add(LayerKind::Conv, {from}, 1, kChannels);
        break;
      case 1:
        x = builder.add(LayerKind::Conv, {from}, 3, kChannels);
        break;
      case 2:
        x = builder.add(LayerKind::Depthwise, {from}, 3, 0);
        break;
      case 3:
        x = builder.add(LayerKind::MaxPool, {from}, 3, 0);
        break;
      default:
        x = alike.back() == from ? builder.add(LayerKind::Conv, {from}, 1, kChannels)
                                 : builder.add(LayerKind::Add, {from, alike.back()}, 1, 0);
    }
    alike.push_back(x);
  }
  if (seed % 5 == 0) {
    x = builder.add(LayerKind::MaxPool, {x}, 3, 0);
    return graph;
  }
  x = builder.add(LayerKind::AveragePool, {x}, 1, 0);
  builder.add(LayerKind::FullyConnected, {x}, 1, 4);
  return graph;
}

models::BitWidths random_widths(const models::Graph& graph, Random& random) {
  const auto any = [&] { return models::kBitWidths[random.below(models::kBitWidths.size())]; };
  models::BitWidths widths = models::uniform(graph, 8);
  const std::vector<TensorId> roots = precision_roots(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (models::has_weights(graph.layers[i].kind)) widths.weights[i] = any();
    const bool fixed = roots[i + 1] == 0 || roots[i + 1] == roots.back();
    if (!fixed && roots[i + 1] == i + 1) widths.activations[i + 1] = any();
  }
  for (std::size_t i = 1; i < roots.size(); ++i)
    widths.activations[i] = widths.activations[roots[i]];
  return widths;
}

profiler::LatencyTable random_table(const models::Graph& graph, Random& random) {
  profiler::LatencyTable table{.target = "random", .layers = {}};
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    auto& entries = table.layers.emplace_back();
    for (const profiler::LayerBits& bits : profiler::layer_choices(graph, i))
      entries.push_back({.bits = bits, .cycles = 1000 + random.below(100'000)});
  }
  return table;
}

}  // namespace freebits::search::test
