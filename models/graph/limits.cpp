// SPDX-License-Identifier: Apache-2.0
#include "models/graph/limits.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits::models {
namespace {

[[noreturn]] void refuse(unsigned height, unsigned width, unsigned stride, const char* possible) {
  throw Error(fmt::format("a kernel of {}x{} with stride {}, expected {}", height, width, stride,
                          possible));
}

}  // namespace

void check_window(unsigned height, unsigned width, unsigned stride) {
  for (const unsigned side : {height, width, stride}) {
    if (side > kLargestKernel) refuse(height, width, stride, "sides and stride of 1 to 255");
  }
}

void check_depthwise_window(unsigned height, unsigned width, unsigned stride) {
  if (height != 3 || width != 3 || stride < 1 || stride > 2)
    refuse(height, width, stride,
           "3x3 with stride 1 or 2: there is no other depthwise kernel for the chip");
}

void check_max_pool_window(unsigned height, unsigned width, unsigned stride) {
  check_window(height, width, stride);
  if (height != width)
    refuse(height, width, stride, "a square: there is no other max pool for the chip");
}

void check_products(std::uint64_t products) {
  if (products <= kMostProducts) return;
  throw Error(
      fmt::format("sums of {} products, expected at most {}: more of 8 bits do not fit 32 bits",
                  products, kMostProducts));
}

void check_supported(Shape s) {
  for (const unsigned side : {s.height, s.width, s.channels}) {
    if (side != 0 && side <= kLargestSide) continue;
    throw Error(
        fmt::format("a tensor of {}x{}x{}, expected a height, width and channels of 1 to {}",
                    s.height, s.width, s.channels, kLargestSide));
  }
}

}  // namespace freebits::models
