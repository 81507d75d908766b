// SPDX-License-Identifier: Apache-2.0
// What the layers of the integer model have in common.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/error.hpp"
#include "models/layers/rescale.hpp"
#include "models/layers/tensor.hpp"

namespace freebits::models {

inline void expect(const char* what, std::size_t got, std::size_t expected) {
  if (got == expected) return;
  throw Error(fmt::format("{}: {}, expected {}", what, got, expected));
}

/// Positions of a window along one axis.
inline unsigned windows(const char* axis, unsigned size, unsigned before, unsigned after,
                        unsigned window, unsigned stride) {
  if (stride == 0 || window == 0) throw Error("kernel and stride: expected at least 1");
  if (before >= window || after >= window) {
    throw Error(fmt::format("{}: padding of {} and {}; expected less than the kernel's {}", axis,
                            before, after, window));
  }
  if (size == 0 || size + before + after < window) {
    throw Error(fmt::format("{}: {} with padding of {} and {} is less than the kernel's {}", axis,
                            size, before, after, window));
  }
  return (size + before + after - window) / stride + 1;
}

inline std::int16_t requantized(std::int32_t acc, const Requantization& r, unsigned channel,
                                IntType type) {
  return static_cast<std::int16_t>(fb_clipped(fb_rescaled(acc, r.channels[channel], r.pre, r.shift),
                                              bits(type), is_signed(type)));
}

inline void check_weights(const std::vector<std::int8_t>& weights, IntType type) {
  for (const std::int8_t w : weights) {
    if (w >= lowest(type) && w <= highest(type)) continue;
    throw Error(fmt::format("weight {}, expected {} to {} ({})", w, lowest(type), highest(type),
                            name(type)));
  }
}

/// The output whose sums these are.
inline Tensor requantized(const std::vector<std::int32_t>& sums, Shape shape,
                          const Requantization& r, IntType type) {
  expect("requantized channels", r.channels.size(), shape.channels);
  Tensor out(shape, type);
  for (std::size_t i = 0; i < sums.size(); ++i)
    out.values[i] = requantized(sums[i], r, static_cast<unsigned>(i % shape.channels), type);
  return out;
}

}  // namespace freebits::models
