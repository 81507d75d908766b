// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "models/builders/builders.hpp"
#include "models/builders/chain.hpp"

namespace freebits::models {
namespace {

/// Inputs this small keep more of their resolution.
constexpr unsigned kSmall = 96;

Graph empty_graph(const char* name, const NetworkOptions& o) {
  return {.name = fmt::format("{}:width={},resolution={},channels={},classes={}", name, o.width,
                              o.resolution, o.channels, o.classes),
          .input = {o.resolution, o.resolution, o.channels},
          .layers = {}};
}

/// One inverted residual: expand, depthwise, project, and the sum where shapes allow it.
void inverted_residual(Chain& chain, unsigned block, unsigned expansion, unsigned out_channels,
                       unsigned stride) {
  const TensorId input = chain.last();
  const unsigned in_channels = chain.channels();
  const auto part = [&](const char* what) { return fmt::format("block{}.{}", block, what); };
  if (expansion != 1) chain.pointwise(part("expand"), expansion * in_channels, Activation::Relu6);
  chain.depthwise(part("depthwise"), stride, Activation::Relu6);
  chain.pointwise(part("project"), out_channels, Activation::None);
  if (stride == 1 && in_channels == out_channels) chain.add(part("add"), input, Activation::None);
}

}  // namespace

Graph mobilenet_v1(const NetworkOptions& options) {
  struct Block {
    unsigned channels, stride;
  };
  constexpr Block kBlocks[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                               {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                               {512, 1}, {1024, 2}, {1024, 1}};
  Graph graph = empty_graph("mobilenet_v1", options);
  Chain chain(graph);
  const unsigned stem_stride = options.resolution < kSmall ? 1 : 2;
  chain.conv("stem", 3, 3, stem_stride, scaled_channels(32, options.width), Activation::Relu);
  unsigned number = 0;
  for (const Block& block : kBlocks) {
    ++number;
    chain.depthwise(fmt::format("block{}.depthwise", number), block.stride, Activation::Relu);
    chain.pointwise(fmt::format("block{}.pointwise", number),
                    scaled_channels(block.channels, options.width), Activation::Relu);
  }
  chain.classify(options.classes);
  return graph;
}

Graph mobilenet_v2(const NetworkOptions& options) {
  struct Stage {
    unsigned expansion, channels, blocks, stride;
  };
  constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Graph graph = empty_graph("mobilenet_v2", options);
  Chain chain(graph);
  const bool small = options.resolution < kSmall;
  chain.conv("stem", 3, 3, small ? 1 : 2, scaled_channels(32, options.width), Activation::Relu6);
  unsigned number = 0;
  for (const Stage& stage : kStages) {
    const unsigned channels = scaled_channels(stage.channels, options.width);
    for (unsigned i = 0; i < stage.blocks; ++i) {
      const bool keep = i != 0 || (small && stage.channels == 24);
      inverted_residual(chain, ++number, stage.expansion, channels, keep ? 1 : stage.stride);
    }
  }
  chain.pointwise("head", scaled_channels(1280, std::max(1.0, options.width)), Activation::Relu6);
  chain.classify(options.classes);
  return graph;
}

}  // namespace freebits::models
