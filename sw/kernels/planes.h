// SPDX-License-Identifier: Apache-2.0
// Channel-major copies of a group of channels, in the core's scratch memory: bytes, a plane a
// channel, with the zeros of the border. A group is what a word of a pixel holds: 4, 8 or 16
// channels.
#pragma once

#include <stdint.h>

#include "freebits/intrinsics.h"
#include "freebits/kernel_layout.h"
#include "unpack.h"

struct fb_planes {
  uint8_t* data;
  uint32_t pitch;        // bytes of a row, whole words
  uint32_t plane_bytes;  // of a channel
};

/// The channel of a group that plane `lane` of unpacked word `part` holds.
FB_INLINE uint32_t fb_plane_channel(uint32_t bits, uint32_t part, uint32_t lane) {
  return lane * (8 / bits) + part;
}

/// Bytes `c` of four words: the rows of a 4x4 matrix become its columns.
FB_INLINE void fb_transpose(const uint32_t* w, uint32_t* column) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const uint32_t even = 0x05010400, odd = 0x07030602;  // lanes 0, 1 and 2, 3 of two words, in turn
  const uint32_t low01 = cv_shuffle2_b(w[0], w[1], even), high01 = cv_shuffle2_b(w[0], w[1], odd);
  const uint32_t low23 = cv_shuffle2_b(w[2], w[3], even), high23 = cv_shuffle2_b(w[2], w[3], odd);
  column[0] = cv_pack(low23, low01);
  column[1] = cv_pack_h(low23, low01);
  column[2] = cv_pack(high23, high01);
  column[3] = cv_pack_h(high23, high01);
#else
  const uint32_t low = 0x00ff00ff;
  const uint32_t e01 = (w[0] & low) | (w[1] & low) << 8, o01 = (w[0] >> 8 & low) | (w[1] & ~low);
  const uint32_t e23 = (w[2] & low) | (w[3] & low) << 8, o23 = (w[2] >> 8 & low) | (w[3] & ~low);
  column[0] = (e01 & 0xffff) | e23 << 16;
  column[1] = (o01 & 0xffff) | o23 << 16;
  column[2] = e01 >> 16 | (e23 & 0xffff0000);
  column[3] = o01 >> 16 | (o23 & 0xffff0000);
#endif
}

/// Four pixels' words of a group to bytes 4·at … of its planes.
FB_INLINE void fb_spread(const struct fb_planes* planes, uint8_t* to, const uint32_t* words,
                         uint32_t bits, int is_signed) {
#pragma clang loop unroll(full)
  for (uint32_t part = 0; part < 8 / bits; ++part) {
    uint32_t bytes[4], column[4];
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) bytes[i] = fb_plane(words[i], part, bits, 8, is_signed);
    fb_transpose(bytes, column);
#pragma clang loop unroll(full)
    for (uint32_t lane = 0; lane < 4; ++lane) {
      *(uint32_t*)(to + fb_plane_channel(bits, part, lane) * planes->plane_bytes) = column[lane];
    }
  }
}

/// The pixels x … x + 3 of a row, those outside it zero.
FB_INLINE void fb_border_words(uint32_t* words, const uint32_t* row, int32_t width, uint32_t step,
                               int32_t x) {
  for (int32_t i = 0; i < 4; ++i) {
    words[i] = x + i >= 0 && x + i < width ? row[(uint32_t)(x + i) * step] : 0;
  }
}

/// One row of an image of `width` pixels, `step` words apart, from pixel `x` (0 or -1) on.
FB_INLINE void fb_fill_row(const struct fb_planes* planes, uint8_t* to, const uint32_t* row,
                           int32_t width, uint32_t step, int32_t x, uint32_t bits, int is_signed) {
  uint32_t words[4];
  const uint8_t* const end = to + planes->pitch;
  if (x < 0) {
    fb_border_words(words, row, width, step, x);
    fb_spread(planes, to, words, bits, is_signed);
    to += 4;
    x += 4;
  }
  const uint32_t* from = row + (uint32_t)x * step;
  for (; x + 4 <= width && to != end; to += 4, x += 4) {
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i, from += step) words[i] = *from;
    fb_spread(planes, to, words, bits, is_signed);
  }
  for (; to != end; to += 4, x += 4) {
    fb_border_words(words, row, width, step, x);
    fb_spread(planes, to, words, bits, is_signed);
  }
}

/// A row outside the image.
FB_INLINE void fb_clear_row(const struct fb_planes* planes, uint8_t* to, uint32_t channels) {
  for (; channels != 0; --channels, to += planes->plane_bytes) {
    for (uint32_t i = 0; i < planes->pitch; i += 4) *(uint32_t*)(to + i) = 0;
  }
}
