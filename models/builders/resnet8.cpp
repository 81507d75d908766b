// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/builders/builders.hpp"
#include "models/builders/chain.hpp"

namespace freebits::models {
namespace {

/// Two 3x3 convolutions beside the identity, or beside a strided 1x1 where the shape changes.
void residual(Chain& chain, unsigned block, unsigned channels, unsigned stride) {
  const TensorId input = chain.last();
  const Shape shape = chain.shape();
  const auto part = [&](const char* what) { return fmt::format("block{}.{}", block, what); };
  chain.conv(part("conv1"), 3, 3, stride, channels, Activation::Relu);
  const TensorId sum = chain.conv(part("conv2"), 3, 3, 1, channels, Activation::None);
  if (stride == 1 && shape.channels == channels) {
    chain.add(part("add"), input, Activation::Relu);
    return;
  }
  chain.branch(input, shape);
  chain.conv(part("shortcut"), 1, 1, stride, channels, Activation::None);
  chain.add(part("add"), sum, Activation::Relu);
}

}  // namespace

Graph resnet8(const NetworkOptions& options) {
  Graph graph{
      .name = fmt::format("resnet8:width={},resolution={},channels={},classes={}", options.width,
                          options.resolution, options.channels, options.classes),
      .input = {options.resolution, options.resolution, options.channels},
      .layers = {}};
  Chain chain(graph);
  const auto channels = [&](unsigned n) { return scaled_channels(n, options.width); };
  chain.conv("stem", 3, 3, 1, channels(16), Activation::Relu);
  residual(chain, 1, channels(16), 1);
  residual(chain, 2, channels(32), 2);
  residual(chain, 3, channels(64), 2);
  chain.classify(options.classes);
  return graph;
}

}  // namespace freebits::models
