// SPDX-License-Identifier: Apache-2.0
// Maxima of packed elements.
#pragma once

#include <stdint.h>

#include "freebits/intrinsics.h"
#include "types.h"
#include "unpack.h"

/// The larger of each element of two words. Narrow elements are compared as bytes, a plane at a
/// time.
FB_INLINE uint32_t fb_larger(struct fb_types types, uint32_t a, uint32_t b) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (types.in_bits == 4) return types.in_signed ? fb_max_n(a, b) : fb_maxu_n(a, b);
  if (types.in_bits == 2) return types.in_signed ? fb_max_c(a, b) : fb_maxu_c(a, b);
#endif
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  uint32_t result = 0;
#pragma clang loop unroll(full)
  for (uint32_t part = 0; part < 8 / types.in_bits; ++part) {
    // At the top of their bytes, signed or not.
    const uint32_t up = 8 - types.in_bits * (part + 1), mask = fb_lane_mask(types.in_bits, 8, 1);
    const uint32_t x = a << up & mask, y = b << up & mask;
    result |= (types.in_signed ? cv_max_b(x, y) : cv_maxu_b(x, y)) >> up;
  }
  return result;
#else
  uint32_t result = 0;
  for (uint32_t i = 0; i < 32; i += types.in_bits) {
    const uint32_t up = 32 - types.in_bits - i, mask = ((1U << types.in_bits) - 1) << i;
    const uint32_t x = a << up, y = b << up;
    const int more = types.in_signed ? (int32_t)x > (int32_t)y : x > y;
    result |= (more ? a : b) & mask;
  }
  return result;
#endif
}

/// A word of the lowest elements.
FB_INLINE uint32_t fb_lowest(struct fb_types types) {
  return types.in_signed ? fb_lane_mask(1, types.in_bits, 1) : 0;
}
