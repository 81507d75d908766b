// SPDX-License-Identifier: Apache-2.0
#include "models/graph/limits.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits::models {
namespace {

struct Window {
  unsigned height, width, stride;
};

[[noreturn]] void refuse(const Window& w, const char* possible) {
  throw Error(fmt::format("a kernel of {}x{} with stride {}, expected {}", w.height, w.width,
                          w.stride, possible));
}

void check_sides(const Window& w) {
  for (const unsigned side : {w.height, w.width, w.stride}) {
    if (side > kLargestKernel) refuse(w, "sides and stride of 1 to 255");
  }
}

void check_products(std::uint64_t products) {
  if (products <= kMostProducts) return;
  throw Error(
      fmt::format("sums of {} products, expected at most {}: more of 8 bits do not fit 32 bits",
                  products, kMostProducts));
}

void check_depthwise(const Window& w) {
  if (w.height != 3 || w.width != 3 || w.stride < 1 || w.stride > 2)
    refuse(w, "3x3 with stride 1 or 2: there is no other depthwise kernel for the chip");
}

void check_max_pool(const Window& w) {
  check_sides(w);
  if (w.height != w.width) refuse(w, "a square: there is no other max pool for the chip");
}

}  // namespace

void check_supported(Shape s) {
  for (const unsigned side : {s.height, s.width, s.channels}) {
    if (side != 0 && side <= kLargestSide) continue;
    throw Error(
        fmt::format("a tensor of {}x{}x{}, expected a height, width and channels of 1 to {}",
                    s.height, s.width, s.channels, kLargestSide));
  }
}

void check_supported(const Layer& l, Shape in) {
  const Window window{l.kernel_height, l.kernel_width, l.stride};
  if (l.kind == LayerKind::Conv) check_sides(window);
  if (l.kind == LayerKind::Conv || l.kind == LayerKind::FullyConnected)
    check_products(std::uint64_t{l.kernel_height} * l.kernel_width * in.channels);
  if (l.kind == LayerKind::Depthwise) check_depthwise(window);
  if (l.kind == LayerKind::MaxPool) check_max_pool(window);
}

void check_supported(const Conv& l) { check_sides({l.kernel_height, l.kernel_width, l.stride}); }
void check_supported(const Depthwise& l) { check_depthwise({l.kernel, l.kernel, l.stride}); }
void check_supported(const MaxPool& l) { check_max_pool({l.kernel, l.kernel, l.stride}); }

}  // namespace freebits::models
