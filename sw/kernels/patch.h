// SPDX-License-Identifier: Apache-2.0
// The input window of a few neighbouring output pixels as a copy of its own: with the zeros of the
// border, unpacked if the level asks for it.
#pragma once

#include <stdint.h>

#include "freebits/kernel_layout.h"
#include "unpack.h"

struct fb_window {
  int32_t x, y;            // of the input, may be negative
  uint32_t columns, rows;  // rows lie inside the input
};

FB_INLINE uint32_t* fb_zeros(uint32_t* to, uint32_t words) {
  for (; words != 0; --words) *to++ = 0;
  return to;
}

FB_INLINE uint32_t* fb_copy_words(uint32_t* to, const uint32_t* from, uint32_t count) {
  if (count % 2 != 0) *to++ = *from++;
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (count < 2) return to;
  uint32_t even, odd;
  __asm__ volatile(
      ".option push\n"
      ".option norvc\n"
      "cv.setup 0, %[pairs], 1f\n"
      "cv.lw %[even], (%[from]), 4\n"
      "cv.lw %[odd], (%[from]), 4\n"
      "cv.sw %[even], (%[to]), 4\n"
      "cv.sw %[odd], (%[to]), 4\n"
      "1:\n"
      ".option pop\n"
      : [to] "+r"(to), [from] "+r"(from), [even] "=&r"(even), [odd] "=&r"(odd)
      : [pairs] "r"(count / 2)
      : "memory");
#else
  for (uint32_t i = count / 2; i != 0; --i) {
    *to++ = *from++;
    *to++ = *from++;
  }
#endif
  return to;
}

/// Copies a window of an image of `width` pixels of `words` words each; an unpacked pixel is
/// dot_bits / bits times longer.
FB_INLINE void fb_copy_window(uint32_t* to, const uint32_t* image, int32_t width,
                              struct fb_window window, uint32_t words, uint32_t bits,
                              uint32_t dot_bits, int is_signed) {
  const uint32_t expand = dot_bits == 0 ? 1 : dot_bits / bits;
  const int32_t left = window.x < 0 ? -window.x : 0;
  const int32_t end = window.x + (int32_t)window.columns;
  const int32_t right = end > width ? end - width : 0;
  const uint32_t inside = (window.columns - (uint32_t)left - (uint32_t)right) * words;
  for (uint32_t row = 0; row < window.rows; ++row) {
    const uint32_t* from =
        image + (uint32_t)((window.y + (int32_t)row) * width + window.x + left) * words;
    to = fb_zeros(to, (uint32_t)left * words * expand);
    if (expand == 1) {
      to = fb_copy_words(to, from, inside);
    } else {
      to = fb_unpack(to, from, inside, bits, dot_bits, is_signed);
    }
    to = fb_zeros(to, (uint32_t)right * words * expand);
  }
}
