// SPDX-License-Identifier: Apache-2.0
// Global average pool for input type IN (-D): sums of a word's channels at a time, in byte lanes;
// words are split over the cores.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "unpack.h"
#include "work.h"

/// Lane `lane` (a constant) of a word of bytes, added.
FB_INLINE int32_t add_lane(int32_t sum, uint32_t bytes, uint32_t lane, int is_signed) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const uint32_t one = 1U << 8 * lane;
  return (int32_t)(is_signed ? cv_sdotsp_b((uint32_t)sum, bytes, one)
                             : cv_sdotup_b((uint32_t)sum, bytes, one));
#else
  return sum + fb_element(bytes, lane, 8, is_signed);
#endif
}

FB_INLINE void average_pool(struct fb_types types, const struct fb_average_pool* layer) {
  const struct fb_average_pool l = *layer;  // on the stack, in L1
  const uint32_t group = 32 / types.in_bits, parts = 8 / types.in_bits;
  const uint32_t words = fb_pixel_bytes(l.channels, types.in_bits) / 4;
  const struct fb_share share = fb_split(1, words, 0, 0);
  const struct fb_rescale rescale =
      fb_make_rescale(l.pre, l.shift, fb_sum_scale(8, types.in_bits, (int)types.in_signed, 8));
  if (share.first_unit == share.last_unit) return;
  fb_begin_outputs(types, rescale);
  for (uint32_t word = share.first_group; word < share.last_group; ++word) {
    const uint32_t* from = (const uint32_t*)l.input + word;
    int32_t sums[16];
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < group; ++i) sums[i] = 0;
    for (uint32_t pixel = l.pixels; pixel != 0; --pixel, from += words) {
      const uint32_t packed = *from;
#pragma clang loop unroll(full)
      for (uint32_t part = 0; part < parts; ++part) {
        const uint32_t bytes = fb_plane(packed, part, types.in_bits, 8, (int)types.in_signed);
#pragma clang loop unroll(full)
        for (uint32_t lane = 0; lane < 4; ++lane) {
          int32_t* const sum = &sums[lane * parts + part];
          *sum = add_lane(*sum, bytes, lane, (int)types.in_signed);
        }
      }
    }
    fb_finish_word(types, sums, l.requant, rescale,
                   (uint8_t*)l.output + word * group * types.out_bits / 8,
                   l.channels - word * group);
  }
  if (share.last_group == words) fb_clear_tail(types.out_bits, (uint8_t*)l.output, l.channels);
}

#define DEFINE(in, out)                                                    \
  void fb_average_pool_##in##_##out(const struct fb_average_pool* layer) { \
    average_pool(FB_TYPES(in, s8, out), layer);                            \
  }
FB_FOR_OUTPUTS(DEFINE, IN)
