// SPDX-License-Identifier: Apache-2.0
// Sum of two tensors with scales of their own, for the first one's type IN (-D); pixels are split
// over the cores.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "work.h"

FB_INLINE int32_t added(int32_t a, int32_t b, const struct fb_addition* p) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return (int32_t)cv_mac(cv_mac((uint32_t)p->add, (uint32_t)a, (uint32_t)p->mul_a), (uint32_t)b,
                         (uint32_t)p->mul_b) >>
         p->shift;
#else
  return fb_added(a, b, *p);
#endif
}

/// Four channels; `mask`: of the bits of the output that are channels.
FB_INLINE void add4(struct fb_types a, struct fb_types b, const struct fb_addition* p,
                    const uint8_t* from_a, const uint8_t* from_b, uint8_t* to, uint32_t mask) {
  const uint32_t word_a = fb_load4(a.in_bits, from_a), word_b = fb_load4(b.in_bits, from_b);
  uint32_t v[4];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    const int32_t sum = added(fb_element(word_a, i, a.in_bits, (int)a.in_signed),
                              fb_element(word_b, i, b.in_bits, (int)b.in_signed), p);
    v[i] = (uint32_t)fb_clip(sum, a.out_bits, (int)a.out_signed);
  }
  fb_store4(a.out_bits, to, fb_pack4(a.out_bits, v[0], v[1], v[2], v[3]) & mask);
}

FB_INLINE void add(struct fb_types a, struct fb_types b, const struct fb_add* layer) {
  const struct fb_add l = *layer;  // on the stack, in L1
  const struct fb_share share = fb_split(l.pixels, 1, 0, 0);
  const uint32_t stride_a = fb_pixel_bytes(l.channels, a.in_bits);
  const uint32_t stride_b = fb_pixel_bytes(l.channels, b.in_bits);
  const uint32_t stride = fb_pixel_bytes(l.channels, a.out_bits);
  const uint32_t whole = l.channels & ~3U, rest = l.channels & 3U;
  if (share.first_group == share.last_group) return;
  for (uint32_t pixel = share.first_unit; pixel < share.last_unit; ++pixel) {
    const uint8_t* from_a = (const uint8_t*)l.a + pixel * stride_a;
    const uint8_t* from_b = (const uint8_t*)l.b + pixel * stride_b;
    uint8_t* const start = (uint8_t*)l.output + pixel * stride;
    uint8_t* to = start;
    for (uint32_t c = 0; c < whole; c += 4) {
      add4(a, b, &l.addition, from_a, from_b, to, ~0U);
      from_a += a.in_bits / 2;
      from_b += b.in_bits / 2;
      to += a.out_bits / 2;
    }
    if (rest != 0) add4(a, b, &l.addition, from_a, from_b, to, (1U << rest * a.out_bits) - 1);
    fb_clear_tail(a.out_bits, start, l.channels);
  }
}

#define DEFINE(a, b, out)                                     \
  void fb_add_##a##_##b##_##out(const struct fb_add* layer) { \
    add(FB_TYPES(a, s8, out), FB_TYPES(b, s8, out), layer);   \
  }
FB_FOR_SECOND(DEFINE, IN)
