// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/layers/layers.hpp"

namespace freebits::profiler {

/// Of a layer or a tile of it, as the kernels take it; what they know beside that is the caller's.
struct WindowGeometry {
  models::Shape in, out;
  unsigned stride, pad_top, pad_left;
};

/// For fb_conv, fb_depthwise, fb_max_pool.
template <class Kernel>
void set_geometry(Kernel& k, const WindowGeometry& g) {
  k.in_height = static_cast<std::uint16_t>(g.in.height);
  k.in_width = static_cast<std::uint16_t>(g.in.width);
  k.out_height = static_cast<std::uint16_t>(g.out.height);
  k.out_width = static_cast<std::uint16_t>(g.out.width);
  k.stride = static_cast<std::uint8_t>(g.stride);
  k.pad_top = static_cast<std::uint8_t>(g.pad_top);
  k.pad_left = static_cast<std::uint8_t>(g.pad_left);
}

}  // namespace freebits::profiler
