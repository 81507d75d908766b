// SPDX-License-Identifier: Apache-2.0
// Random small graphs with every kind of layer and odd shapes, random widths, random parameters.
#pragma once

#include <fmt/format.h>

#include "models/quantize/quantize.hpp"
#include "random_layers.hpp"

namespace freebits::test {

class RandomGraphs {
 public:
  explicit RandomGraphs(std::uint64_t seed) : random_(seed) {}

  RandomLayers& random() { return random_; }

  models::Graph graph() {
    models::Graph graph{
        .name = "random",
        .input = {random_.between(3, 9), random_.between(3, 9), random_.between(1, 5)},
        .layers = {}};
    const unsigned count = random_.between(2, 6);
    for (unsigned i = 0; i < count; ++i) append(graph, i);
    using models::LayerKind;
    graph.layers.push_back(
        {.name = "pool", .kind = LayerKind::AveragePool, .inputs = {graph.output()}});
    graph.layers.push_back({.name = "classifier",
                            .kind = LayerKind::FullyConnected,
                            .inputs = {graph.output()},
                            .out_channels = random_.between(2, 9)});
    return graph;
  }

  models::BitWidths widths(const models::Graph& graph) {
    models::BitWidths widths = models::uniform(graph, 8);
    for (unsigned& bits : widths.weights) bits = bits == 0 ? 0 : width();
    for (unsigned& bits : widths.activations) bits = width();
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      if (graph.layers[i].kind == models::LayerKind::MaxPool)
        widths.activations[i + 1] = widths.activations[graph.layers[i].inputs[0]];
    }
    return widths;
  }

  /// Of any real size, but outputs use their range, go beyond it or hardly touch it.
  models::NetworkParameters parameters(const models::Graph& graph,
                                       const models::BitWidths& widths) {
    const models::NetworkParameters usual = models::random_parameters(graph, widths, 1);
    models::NetworkParameters p = usual;
    const double unit = std::exp2(random_.real(-10, 10));
    for (std::size_t t = 0; t < p.tensor_scale.size(); ++t) {
      const bool keeps = t != 0 && graph.layers[t - 1].kind == models::LayerKind::MaxPool;
      p.tensor_scale[t] = keeps ? p.tensor_scale[graph.layers[t - 1].inputs[0]]
                                : p.tensor_scale[t] * unit * std::exp2(random_.real(-1, 1));
    }
    for (models::LayerParameters& layer : p.layers) {
      for (std::size_t c = 0; c < layer.multiplier.size(); ++c) {
        layer.weight_scale[c] *= std::exp2(random_.real(-4, 4));
        layer.multiplier[c] *= std::exp2(random_.real(-4, 4));
        layer.offset[c] *= unit * random_.real(-2, 2);
      }
    }
    return p;
  }

 private:
  unsigned width() { return models::kBitWidths[random_.below(3)]; }

  models::Activation activation() { return static_cast<models::Activation>(random_.below(3)); }

  void append(models::Graph& graph, unsigned number) {
    using models::LayerKind;
    const unsigned kind = random_.below(4);
    const unsigned kernel = random_.below(2) == 0 && kind != 1 ? 1 : 3, side = kernel / 2;
    models::Layer layer{.name = fmt::format("layer{}", number),
                        .kind = kind == 1   ? LayerKind::Depthwise
                                : kind == 2 ? LayerKind::MaxPool
                                            : LayerKind::Conv,
                        .inputs = {graph.output()},
                        .kernel_height = kernel,
                        .kernel_width = kernel,
                        .stride = random_.below(4) == 0 ? 2U : 1U,
                        .padding = {side, side, side, side}};
    if (layer.kind == LayerKind::Conv) layer.out_channels = random_.between(1, 9);
    if (layer.kind != LayerKind::MaxPool) layer.activation = activation();
    layer.batch_norm = layer.kind != LayerKind::MaxPool;
    if (kind == 3) make_residual(graph, layer);
    graph.layers.push_back(layer);
  }

  /// A convolution that keeps the shape before `layer`, which becomes the sum of it and its input.
  void make_residual(models::Graph& graph, models::Layer& layer) {
    const models::TensorId from = graph.output();
    const unsigned channels =
        from == 0 ? graph.input.channels : models::shapes(graph).back().channels;
    models::Layer branch = layer;
    branch.name += ".branch";
    branch.stride = 1;
    branch.out_channels = channels;
    graph.layers.push_back(branch);
    layer = {.name = layer.name,
             .kind = models::LayerKind::Add,
             .inputs = {from, graph.output()},
             .activation = layer.activation};
  }

  RandomLayers random_;
};

}  // namespace freebits::test
