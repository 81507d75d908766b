// SPDX-License-Identifier: Apache-2.0
// Max pool for type IN (-D): a word of channels at a time; rows of outputs are split over the
// cores.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "unpack.h"
#include "work.h"

/// The larger of each element of two words. Narrow elements are compared as bytes, a plane at a
/// time.
FB_INLINE uint32_t larger(struct fb_types types, uint32_t a, uint32_t b) {
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

FB_INLINE uint32_t lowest(struct fb_types types) {
  return types.in_signed ? fb_lane_mask(1, types.in_bits, 1) : 0;
}

FB_INLINE void max_pool(struct fb_types types, const struct fb_max_pool* layer) {
  const struct fb_max_pool l = *layer;  // on the stack, in L1
  const uint32_t words = fb_pixel_bytes(l.channels, types.in_bits) / 4;
  const uint32_t last_bits = l.channels * types.in_bits & 31;
  const uint32_t last_mask = last_bits != 0 ? (1U << last_bits) - 1 : ~0U;
  const struct fb_share share = fb_split(l.out_height, 1, 0, 0);
  if (share.first_group == share.last_group) return;
  for (uint32_t y = share.first_unit; y < share.last_unit; ++y) {
    const int32_t y0 = (int32_t)(y * l.stride) - l.pad_top;
    const int32_t top = y0 < 0 ? 0 : y0;
    const int32_t bottom = y0 + l.kernel > l.in_height ? l.in_height : y0 + l.kernel;
    for (uint32_t x = 0; x < l.out_width; ++x) {
      const int32_t x0 = (int32_t)(x * l.stride) - l.pad_left;
      const int32_t left = x0 < 0 ? 0 : x0;
      const int32_t right = x0 + l.kernel > l.in_width ? l.in_width : x0 + l.kernel;
      uint32_t* to = (uint32_t*)l.output + (y * l.out_width + x) * words;
      for (uint32_t word = 0; word < words; ++word) {
        uint32_t most = lowest(types);
        for (int32_t in_y = top; in_y < bottom; ++in_y) {
          const uint32_t* from =
              (const uint32_t*)l.input + (uint32_t)(in_y * l.in_width + left) * words + word;
          for (int32_t in_x = left; in_x < right; ++in_x, from += words) {
            most = larger(types, most, *from);
          }
        }
        to[word] = word + 1 == words ? most & last_mask : most;
      }
    }
  }
}

#define NAME(in) fb_max_pool_##in
#define DEFINE(in) \
  void NAME(in)(const struct fb_max_pool* layer) { max_pool(FB_TYPES(in, s8, in), layer); }
DEFINE(IN)
