// SPDX-License-Identifier: Apache-2.0
// Sum of two tensors with scales of their own, for the first one's type IN (-D); pixels are split
// over the cores.
#include "epilogue.h"
#include "freebits/kernels.h"
#include "work.h"

/// `packed` with the sum of two elements as element `lane`. fb.qnt adds half a step of its own,
/// which begin() has taken out of p->add.
FB_INLINE uint32_t put_sum(struct fb_types types, uint32_t packed, uint32_t lane, int32_t a,
                           int32_t b, const struct fb_addition* p) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const uint32_t sum = cv_mac(cv_mac((uint32_t)p->add, (uint32_t)a, (uint32_t)p->mul_a),
                              (uint32_t)b, (uint32_t)p->mul_b);
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  (void)types;
  return fb_qnt(lane == 0 ? sum : packed, sum, 0, (int)lane);
#endif
  const int32_t value = (int32_t)sum >> p->shift;
#else
  const int32_t value = fb_added(a, b, *p);
#endif
  return fb_put(types.out_bits, packed, lane,
                fb_clip(value, types.out_bits, (int)types.out_signed));
}

FB_INLINE void begin(struct fb_types types, struct fb_addition* p) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  fb_begin_outputs(types, (struct fb_rescale){0, p->shift});
  if (p->shift != 0) p->add -= 1 << (p->shift - 1);
#else
  (void)types, (void)p;
#endif
}

/// Four channels; `mask`: of the bits of the output that are channels.
FB_INLINE void add4(struct fb_types a, struct fb_types b, const struct fb_addition* p,
                    const uint8_t* from_a, const uint8_t* from_b, uint8_t* to, uint32_t mask) {
  const uint32_t word_a = fb_load4(a.in_bits, from_a), word_b = fb_load4(b.in_bits, from_b);
  uint32_t packed = 0;
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    packed = put_sum(a, packed, i, fb_element(word_a, i, a.in_bits, (int)a.in_signed),
                     fb_element(word_b, i, b.in_bits, (int)b.in_signed), p);
  }
  fb_store4(a.out_bits, to, packed & mask);
}

FB_INLINE void add(struct fb_types a, struct fb_types b, const struct fb_add* layer) {
  struct fb_add l = *layer;  // on the stack, in L1
  const struct fb_share share = fb_split(l.pixels, 1, 0, 0);
  const uint32_t stride_a = fb_pixel_bytes(l.channels, a.in_bits);
  const uint32_t stride_b = fb_pixel_bytes(l.channels, b.in_bits);
  const uint32_t stride = fb_pixel_bytes(l.channels, a.out_bits);
  const uint32_t whole = l.channels & ~3U, rest = l.channels & 3U;
  if (share.first_group == share.last_group) return;
  begin(a, &l.addition);
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
