// SPDX-License-Identifier: Apache-2.0
#include "tiny.hpp"

namespace freebits::search::test {

using models::Activation;
using models::LayerKind;

models::Graph tiny_graph() {
  models::Graph graph{.name = "tiny", .input = {32, 32, 3}, .layers = {}};
  const auto window = [&](const char* name, LayerKind kind, unsigned stride, unsigned channels) {
    graph.layers.push_back({.name = name,
                            .kind = kind,
                            .inputs = {graph.layers.size()},
                            .kernel_height = 3,
                            .kernel_width = 3,
                            .stride = stride,
                            .padding = {1, 1, 1, 1},
                            .out_channels = channels,
                            .batch_norm = true,
                            .activation = Activation::Relu});
  };
  const auto plain = [&](const char* name, LayerKind kind, unsigned channels, bool batch_norm) {
    graph.layers.push_back({.name = name,
                            .kind = kind,
                            .inputs = {graph.layers.size()},
                            .padding = {},
                            .out_channels = channels,
                            .batch_norm = batch_norm,
                            .activation = batch_norm ? Activation::Relu : Activation::None});
  };
  window("stem", LayerKind::Conv, 2, 16);
  window("depthwise1", LayerKind::Depthwise, 1, 0);
  plain("pointwise1", LayerKind::Conv, 32, true);
  window("depthwise2", LayerKind::Depthwise, 2, 0);
  plain("pointwise2", LayerKind::Conv, 48, true);
  plain("pool", LayerKind::AveragePool, 0, false);
  plain("classifier", LayerKind::FullyConnected, 10, false);
  return graph;
}

std::shared_ptr<const Dataset> tiny_set(Split split, std::size_t train, std::size_t test) {
  return synthetic_dataset(split, {.seed = 1, .train_size = train, .test_size = test});
}

TrainOptions tiny_options(unsigned epochs, unsigned batch) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = batch;
  options.warmup = 0.5;
  options.augmentation = {.view = false, .pad = 4, .flip = true};
  return options;
}

}  // namespace freebits::search::test
