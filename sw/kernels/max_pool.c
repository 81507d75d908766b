// SPDX-License-Identifier: Apache-2.0
// Max pool for input type IN (-D): a word of channels at a time; rows of outputs are split over the
// cores. The largest stays as it is, or is requantized to another type.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "larger.h"
#include "unpack.h"
#include "work.h"

/// The part of a window inside the image.
struct window {
  int32_t top, bottom, left, right;
};
FB_INLINE struct window window_of(const struct fb_max_pool* l, uint32_t y, uint32_t x) {
  const int32_t y0 = (int32_t)(y * l->stride) - l->pad_top;
  const int32_t x0 = (int32_t)(x * l->stride) - l->pad_left;
  return (struct window){
      y0 < 0 ? 0 : y0,
      y0 + l->kernel > l->in_height ? l->in_height : y0 + l->kernel,
      x0 < 0 ? 0 : x0,
      x0 + l->kernel > l->in_width ? l->in_width : x0 + l->kernel,
  };
}

/// Of word `word` of a window's pixels.
FB_INLINE uint32_t largest(struct fb_types types, const struct fb_max_pool* l, struct window w,
                           uint32_t words, uint32_t word) {
  uint32_t most = fb_lowest(types);
  for (int32_t y = w.top; y < w.bottom; ++y) {
    const uint32_t* from = (const uint32_t*)l->input + (uint32_t)(y * l->in_width + w.left) * words;
    from += word;
    for (int32_t x = w.left; x < w.right; ++x, from += words) most = fb_larger(types, most, *from);
  }
  return most;
}

/// The channels of a word, requantized, to where the first one goes; `left` of them and those of
/// later words exist.
FB_INLINE void put(struct fb_types types, const struct fb_max_pool* l, struct fb_rescale rescale,
                   uint32_t most, uint8_t* to, uint32_t left) {
  int32_t values[16];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 32 / types.in_bits; ++i) {
    values[i] = fb_element(most, i, types.in_bits, (int)types.in_signed);
  }
  fb_finish_word(types, values, l->requant, rescale, to, left);
}

FB_INLINE void max_pool(struct fb_types types, int same, const struct fb_max_pool* layer) {
  const struct fb_max_pool l = *layer;  // on the stack, in L1
  const uint32_t group = 32 / types.in_bits;
  const uint32_t words = fb_pixel_bytes(l.channels, types.in_bits) / 4;
  const uint32_t last_bits = l.channels * types.in_bits & 31;
  const uint32_t last_mask = last_bits != 0 ? (1U << last_bits) - 1 : ~0U;
  const uint32_t out_pixel = fb_pixel_bytes(l.channels, types.out_bits);
  const struct fb_rescale rescale = fb_make_rescale(l.pre, l.shift, 0);
  const struct fb_share share = fb_split(l.out_height, 1, 0, 0);
  if (share.first_group == share.last_group) return;
  if (!same) fb_begin_outputs(types, rescale);
  uint8_t* to = (uint8_t*)l.output + share.first_unit * l.out_width * out_pixel;
  for (uint32_t y = share.first_unit; y < share.last_unit; ++y) {
    for (uint32_t x = 0; x < l.out_width; ++x, to += out_pixel) {
      const struct window w = window_of(&l, y, x);
      for (uint32_t word = 0; word < words; ++word) {
        const uint32_t most = largest(types, &l, w, words, word);
        if (same) {
          ((uint32_t*)to)[word] = word + 1 == words ? most & last_mask : most;
        } else {
          put(types, &l, rescale, most, to + word * group * types.out_bits / 8,
              l.channels - word * group);
        }
      }
      if (!same) fb_clear_tail(types.out_bits, to, l.channels);
    }
  }
}

#define NAME(in) fb_max_pool_##in
#define DEFINE(in) \
  void NAME(in)(const struct fb_max_pool* layer) { max_pool(FB_TYPES(in, s8, in), 1, layer); }
DEFINE(IN)
#undef DEFINE
#define DEFINE(in, out)                                            \
  void fb_max_pool_##in##_##out(const struct fb_max_pool* layer) { \
    max_pool(FB_TYPES(in, s8, out), 0, layer);                     \
  }
FB_FOR_OUTPUTS(DEFINE, IN)
