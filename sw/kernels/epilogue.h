// SPDX-License-Identifier: Apache-2.0
// From sums to packed outputs: requantization as freebits/requantize.h defines it, four channels of
// a pixel at a time.
#pragma once

#include <stdint.h>

#include "elements.h"
#include "freebits/intrinsics.h"
#include "freebits/kernel_layout.h"
#include "freebits/requantize.h"
#include "types.h"

/// Requantization of a whole layer.
struct fb_rescale {
  uint32_t left;  // what is left of `pre`: sums come scaled by 2^scale (kernel_layout.h) already
  uint32_t shift;
};

FB_INLINE struct fb_rescale fb_make_rescale(uint32_t pre, uint32_t shift, uint32_t scale) {
  return (struct fb_rescale){pre - scale, shift};
}

FB_INLINE int32_t fb_mulhsu(int32_t a, uint32_t b) {
  int32_t high;
  __asm__("mulhsu %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
  return high;
}

/// `sum` already shifted by pre.
FB_INLINE int32_t fb_output(struct fb_types types, int32_t sum, uint32_t mul, int32_t add,
                            uint32_t shift) {
  const int32_t t = fb_mulhsu(sum, mul);
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const int32_t value = (int32_t)cv_addrnr((uint32_t)t, (uint32_t)add, shift);
#else
  const int32_t value = (t + add + (1 << (shift - 1))) >> shift;
#endif
  return fb_clip(value, types.out_bits, (int)types.out_signed);
}

/// Four clipped values, the first in the lowest bits; bits above the fourth are undefined.
FB_INLINE uint32_t fb_pack4(uint32_t bits, uint32_t v0, uint32_t v1, uint32_t v2, uint32_t v3) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (bits == 8) {
    v0 = cv_insert(v0, v1, 7, 8);
    v0 = cv_insert(v0, v2, 7, 16);
    return cv_insert(v0, v3, 7, 24);
  }
  if (bits == 4) {
    v0 = cv_insert(v0, v1, 3, 4);
    v0 = cv_insert(v0, v2, 3, 8);
    return cv_insert(v0, v3, 3, 12);
  }
  v0 = cv_insert(v0, v1, 1, 2);
  v0 = cv_insert(v0, v2, 1, 4);
  return cv_insert(v0, v3, 1, 6);
#else
  const uint32_t mask = (1U << bits) - 1;
  return (v0 & mask) | (v1 & mask) << bits | (v2 & mask) << 2 * bits | v3 << 3 * bits;
#endif
}

FB_INLINE void fb_store4(uint32_t bits, uint8_t* to, uint32_t packed) {
  if (bits == 8) *(uint32_t*)to = packed;
  if (bits == 4) *(uint16_t*)to = (uint16_t)packed;
  if (bits == 2) *to = (uint8_t)packed;
}

/// Zeros from the last group of four channels to the end of the pixel.
FB_INLINE void fb_clear_tail(uint32_t bits, uint8_t* pixel, uint32_t channels) {
  const uint32_t end = fb_pixel_bytes(channels, bits);
  for (uint32_t at = (channels + 3) / 4 * bits / 2; at < end; ++at) pixel[at] = 0;
}

/// Of `pixels` pixels x 4 channels: requantized, packed and stored at `to`, `stride` bytes from
/// pixel to pixel.
FB_INLINE void fb_finish_block(struct fb_types types, uint32_t pixels, int32_t* sums,
                               const struct fb_requant_channel* channel, struct fb_rescale rescale,
                               uint8_t* to, uint32_t stride) {
#pragma clang loop unroll(full)
  for (uint32_t c = 0; c < 4; ++c) {
    const uint32_t mul = channel[c].mul;
    const int32_t add = channel[c].add;
#pragma clang loop unroll(full)
    for (uint32_t p = 0; p < pixels; ++p) {
      sums[4 * p + c] = fb_output(types, (int32_t)((uint32_t)sums[4 * p + c] << rescale.left), mul,
                                  add, rescale.shift);
    }
  }
#pragma clang loop unroll(full)
  for (uint32_t p = 0; p < pixels; ++p) {
    const int32_t* v = sums + 4 * p;
    fb_store4(
        types.out_bits, to + p * stride,
        fb_pack4(types.out_bits, (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2], (uint32_t)v[3]));
  }
}
