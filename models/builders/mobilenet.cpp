// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "models/builders/family.hpp"

namespace freebits::models {
namespace {

/// Inputs this small keep more of their resolution.
constexpr unsigned kSmall = 96;

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

void append_v1(Chain& chain, const KeyValues& values) {
  struct Block {
    unsigned channels, stride;
  };
  constexpr Block kBlocks[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                               {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                               {512, 1}, {1024, 2}, {1024, 1}};
  const double width = values.real("width");
  const unsigned stem_stride = values.whole("resolution") < kSmall ? 1 : 2;
  chain.conv("stem", 3, 3, stem_stride, scaled_channels(32, width), Activation::Relu);
  unsigned number = 0;
  for (const Block& block : kBlocks) {
    ++number;
    chain.depthwise(fmt::format("block{}.depthwise", number), block.stride, Activation::Relu);
    chain.pointwise(fmt::format("block{}.pointwise", number),
                    scaled_channels(block.channels, width), Activation::Relu);
  }
  chain.classify(values.whole("classes"));
}

void append_v2(Chain& chain, const KeyValues& values) {
  struct Stage {
    unsigned expansion, channels, blocks, stride;
  };
  constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  const double width = values.real("width");
  const bool small = values.whole("resolution") < kSmall;
  chain.conv("stem", 3, 3, small ? 1 : 2, scaled_channels(32, width), Activation::Relu6);
  unsigned number = 0;
  for (const Stage& stage : kStages) {
    const unsigned channels = scaled_channels(stage.channels, width);
    for (unsigned i = 0; i < stage.blocks; ++i) {
      const bool keep = i != 0 || (small && stage.channels == 24);
      inverted_residual(chain, ++number, stage.expansion, channels, keep ? 1 : stage.stride);
    }
  }
  chain.pointwise("head", scaled_channels(1280, std::max(1.0, width)), Activation::Relu6);
  chain.classify(values.whole("classes"));
}

}  // namespace

const NetworkFamily& mobilenet_v1_family() {
  static const NetworkFamily family{
      .name = "mobilenet_v1",
      .description =
          "MobileNetV1 (Howard et al. 2017); below 96 pixels the stem keeps the resolution",
      .keys = image_keys(224, 1000),
      .append = append_v1,
      .published = {{"width=0.25,resolution=32,classes=10", 3.33, 0.01},
                    {"width=0.75,resolution=224", 325, 1},
                    {"width=1,resolution=224", 569, 1}}};
  return family;
}

const NetworkFamily& mobilenet_v2_family() {
  static const NetworkFamily family{
      .name = "mobilenet_v2",
      .description =
          "MobileNetV2 (Sandler et al. 2018); below 96 pixels the stem and the 24-channel blocks "
          "keep the resolution",
      .keys = image_keys(224, 1000),
      .append = append_v2,
      .published = {{"width=1,resolution=224", 301, 1},
                    {"width=1,resolution=32,classes=10", 88, 1}}};
  return family;
}

}  // namespace freebits::models
