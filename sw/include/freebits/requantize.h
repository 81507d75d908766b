// SPDX-License-Identifier: Apache-2.0
// Requantization, bit by bit: what the kernels compute and the integer model (models/) defines its
// layers with. C11 and C++20.
//
//   t   = floor(acc · 2^pre · mul / 2^32)            mul of the output channel, pre of the layer
//   out = clip(floor((t + add + 2^(shift - 1)) / 2^shift))
//
// acc · 2^pre, and t + add + 2^(shift - 1), fit in 32 bits with sign: whoever makes the parameters
// sees to that for every accumulator the layer can have (models/rescale.hpp). Bias and batch norm
// are in `add`, in units of t. This form because a core has it in four instructions: shift left,
// mulhsu, cv.addrnr (add, round, shift), cv.clip. `pre` fills the 32 bits, so that what the floor
// loses is below 2^-shift of an output step.
#pragma once

#include <stdint.h>

/// Of one output channel.
struct fb_requant_channel {
  uint32_t mul;
  int32_t add;
};

/// Before clipping. 0 <= pre <= 30, 1 <= shift <= 30.
static inline int32_t fb_rescaled(int32_t acc, struct fb_requant_channel channel, uint32_t pre,
                                  uint32_t shift) {
  const int64_t product = (int64_t)((uint64_t)(int64_t)acc << pre) * (int64_t)channel.mul;
  const int32_t t = (int32_t)(product >> 32);
  return (t + channel.add + (int32_t)(1U << (shift - 1))) >> shift;
}

/// Of an addition of two tensors with scales of their own:
///   out = clip(floor((a · mul_a + b · mul_b + add) / 2^shift))
/// No sum leaves 32 bits with sign; half an output step is part of `add`. 0 <= shift <= 30.
struct fb_addition {
  int32_t mul_a, mul_b, add;
  uint32_t shift;
};
static inline int32_t fb_added(int32_t a, int32_t b, struct fb_addition p) {
  return (a * p.mul_a + b * p.mul_b + p.add) >> p.shift;
}

/// To [0, 2^bits - 1], or with sign to [-2^(bits - 1), 2^(bits - 1) - 1].
static inline int32_t fb_clipped(int32_t value, uint32_t bits, int is_signed) {
  const int32_t low = is_signed ? -(1 << (bits - 1)) : 0;
  const int32_t high = (1 << (bits - (is_signed ? 1 : 0))) - 1;
  return value < low ? low : value > high ? high : value;
}
