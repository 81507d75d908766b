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

/// `packed` with a clipped value as element `lane` (a constant), the first (0) in the lowest bits.
FB_INLINE uint32_t fb_put(uint32_t bits, uint32_t packed, uint32_t lane, int32_t value) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (lane == 0) return (uint32_t)value;
  return cv_insert(packed, (uint32_t)value, (int)(bits - 1), (int)(bits * lane));
#else
  const uint32_t element = ((uint32_t)value & ((1U << bits) - 1)) << bits * lane;
  return lane == 0 ? element : packed | element;
#endif
}

/// Once before the outputs of a layer.
FB_INLINE void fb_begin_outputs(struct fb_types types, struct fb_rescale rescale) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  fb_set_quant(rescale.left, rescale.shift, types.out_bits, types.out_signed);
#else
  (void)types, (void)rescale;
#endif
}

/// `packed` with an output of `sum` as element `lane` (a constant). The first (0) starts a new
/// word; the bits above the last are undefined. 2 instructions from xpulpnn on, 5 at xpulpv2.
FB_INLINE uint32_t fb_put_output(struct fb_types types, uint32_t packed, uint32_t lane, int32_t sum,
                                 struct fb_requant_channel channel, struct fb_rescale rescale) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  (void)types, (void)rescale;
  const uint32_t t = fb_scale((uint32_t)sum, channel.mul);
  return fb_qnt(lane == 0 ? t : packed, t, (uint32_t)channel.add, (int)lane);
#else
  const int32_t t = fb_mulhsu((int32_t)((uint32_t)sum << rescale.left), channel.mul);
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const int32_t value = (int32_t)cv_addrnr((uint32_t)t, (uint32_t)channel.add, rescale.shift);
#else
  const int32_t value = (t + channel.add + (1 << (rescale.shift - 1))) >> rescale.shift;
#endif
  return fb_put(types.out_bits, packed, lane,
                fb_clip(value, types.out_bits, (int)types.out_signed));
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

/// Of the channels in a word of inputs, all with the same parameters, as far as there are any:
/// `left` from the word's first on. Those that share the last one's four are zero.
FB_INLINE void fb_finish_word(struct fb_types types, const int32_t* sums,
                              struct fb_requant_channel requant, struct fb_rescale rescale,
                              uint8_t* to, uint32_t left) {
#pragma clang loop unroll(full)
  for (uint32_t c = 0; c < 32 / types.in_bits; c += 4, to += types.out_bits / 2) {
    uint32_t packed = 0;
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) {
      packed = fb_put_output(types, packed, i, sums[c + i], requant, rescale);
    }
    if (c >= left) break;
    const uint32_t mask = left - c >= 4 ? ~0U : (1U << (left - c) * types.out_bits) - 1;
    fb_store4(types.out_bits, to, packed & mask);
  }
}
