// SPDX-License-Identifier: Apache-2.0
#include "search/train/layer_ops.hpp"

#include <array>

namespace freebits::search {
namespace {

Window window_of(const models::Layer& l) {
  return {.height = l.kernel_height,
          .width = l.kernel_width,
          .stride = l.stride,
          .top = l.padding.top,
          .left = l.padding.left,
          .bottom = l.padding.bottom,
          .right = l.padding.right};
}

// One function a kind of layer (freebits/layer_kinds.h): record_<name>.

Var record_conv(const LayerInputs& in) {
  const models::Layer& l = in.layer;
  const bool pixelwise = l.kernel_height == 1 && l.kernel_width == 1 && l.stride == 1;
  return pixelwise ? pointwise(in.tape, l.name, in.x, in.weights())
                   : conv(in.tape, l.name, in.x, in.weights(), window_of(l));
}

Var record_fully_connected(const LayerInputs& in) { return record_conv(in); }

Var record_depthwise(const LayerInputs& in) {
  return depthwise(in.tape, in.layer.name, in.x, in.weights(), window_of(in.layer));
}

Var record_add(const LayerInputs& in) { return add(in.tape, in.layer.name, in.x, in.second); }

Var record_average_pool(const LayerInputs& in) {
  return average_pool(in.tape, in.layer.name, in.x);
}

Var record_max_pool(const LayerInputs& in) {
  return max_pool(in.tape, in.layer.name, in.x, window_of(in.layer));
}

}  // namespace

Var record(const LayerInputs& inputs) {
#define FB_FUNCTION(Kind, name, kernel) record_##name,
  static constexpr std::array<Var (*)(const LayerInputs&), models::kLayerKinds> kRecord = {
      FB_LAYER_KINDS(FB_FUNCTION)};
#undef FB_FUNCTION
  return kRecord.at(static_cast<std::size_t>(inputs.layer.kind))(inputs);
}

}  // namespace freebits::search
