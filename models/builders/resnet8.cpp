// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/builders/family.hpp"

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

void append(Chain& chain, const KeyValues& values) {
  const auto channels = [&](unsigned n) { return scaled_channels(n, values.real("width")); };
  chain.conv("stem", 3, 3, 1, channels(16), Activation::Relu);
  residual(chain, 1, channels(16), 1);
  residual(chain, 2, channels(32), 2);
  residual(chain, 3, channels(64), 2);
  chain.classify(values.whole("classes"));
}

}  // namespace

const NetworkFamily& resnet8_family() {
  static const NetworkFamily family{
      .name = "resnet8",
      .description = "the residual network of eight layers of MLPerf Tiny's image classification",
      .keys = image_keys(32, 10),
      .append = append,
      .published = {{"", 12.5, 0.1}}};
  return family;
}

}  // namespace freebits::models
