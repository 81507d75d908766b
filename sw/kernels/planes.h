// SPDX-License-Identifier: Apache-2.0
// Channel-major copies of a group of channels, in the core's scratch memory: bytes, a plane a
// channel. A group is what a word of a pixel holds: 4, 8 or 16 channels. A plane: a word of zeros,
// then rows of `pitch` bytes, of which the last are zeros: the border on the right of a row and on
// the left of the next.
#pragma once

#include <stdint.h>

#include "freebits/intrinsics.h"
#include "freebits/kernel_layout.h"
#include "unpack.h"

struct fb_planes {
  uint8_t* data;
  uint32_t channels;     // of a group
  uint32_t pitch;        // whole words
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

/// One position in every plane of a group; the channels of a plane are fb_plane_channel()'s.
struct fb_plane_pointers {
  uint8_t* at[16];
};
FB_INLINE struct fb_plane_pointers fb_row_start(const struct fb_planes* planes, uint32_t row,
                                                uint32_t bits) {
  struct fb_plane_pointers p;
  uint8_t* at = planes->data + 4 + row * planes->pitch;
#pragma clang loop unroll(full)
  for (uint32_t channel = 0; channel < 32 / bits; ++channel, at += planes->plane_bytes)
    p.at[channel] = at;
  return p;
}

/// Four pixels' words of a group to the next four bytes of its planes.
FB_INLINE void fb_spread(struct fb_plane_pointers* p, const uint32_t* words, uint32_t bits,
                         int is_signed) {
#pragma clang loop unroll(full)
  for (uint32_t part = 0; part < 8 / bits; ++part) {
    uint32_t bytes[4], column[4];
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) bytes[i] = fb_plane(words[i], part, bits, 8, is_signed);
    fb_transpose(bytes, column);
#pragma clang loop unroll(full)
    for (uint32_t lane = 0; lane < 4; ++lane) {
      uint8_t** const to = &p->at[fb_plane_channel(bits, part, lane)];
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
      cv_sw_post(column[lane], (void**)to, 4);
#else
      *(uint32_t*)*to = column[lane];
      *to += 4;
#endif
    }
  }
}

/// The next pixel of a row.
FB_INLINE uint32_t fb_next_pixel(const uint8_t** from, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  return cv_lw_post_r((const void**)from, step);
#else
  const uint32_t word = *(const uint32_t*)*from;
  *from += step;
  return word;
#endif
}

/// Rows `first` … `first` + `rows` - 1 of every plane: rows of an image of `width` pixels, `step`
/// bytes apart.
FB_INLINE void fb_fill_rows(const struct fb_planes* planes, uint32_t first, uint32_t rows,
                            const uint8_t* image, uint32_t width, int32_t step, uint32_t bits,
                            int is_signed) {
  struct fb_plane_pointers p = fb_row_start(planes, first, bits);
  const uint32_t rest = width % 4, gap = planes->pitch - (width + 3) / 4 * 4;
  uint32_t words[4];
  for (; rows != 0; --rows) {
    for (uint32_t n = width / 4; n != 0; --n) {
#pragma clang loop unroll(full)
      for (uint32_t i = 0; i < 4; ++i) words[i] = fb_next_pixel(&image, step);
      fb_spread(&p, words, bits, is_signed);
    }
    if (rest != 0) {
#pragma clang loop unroll(full)
      for (uint32_t i = 0; i < 4; ++i) words[i] = i < rest ? fb_next_pixel(&image, step) : 0;
      fb_spread(&p, words, bits, is_signed);
    }
    if (gap != 0) {
#pragma clang loop unroll(full)
      for (uint32_t channel = 0; channel < 32 / bits; ++channel) p.at[channel] += gap;
    }
  }
}

/// Rows outside the image.
FB_INLINE void fb_clear_rows(const struct fb_planes* planes, uint32_t first, uint32_t rows) {
  uint8_t* plane = planes->data + 4 + first * planes->pitch;
  for (uint32_t c = planes->channels; c != 0 && rows != 0; --c, plane += planes->plane_bytes) {
    for (uint32_t i = 0; i < rows * planes->pitch; i += 4) *(uint32_t*)(plane + i) = 0;
  }
}

/// Once, for `rows` rows of `width` pixels: the zeros that fb_fill_rows() leaves alone.
FB_INLINE void fb_clear_borders(const struct fb_planes* planes, uint32_t rows, uint32_t width) {
  const uint32_t whole = (width + 3) / 4 * 4;
  uint8_t* plane = planes->data;
  for (uint32_t c = planes->channels; c != 0; --c, plane += planes->plane_bytes) {
    *(uint32_t*)plane = 0;
    uint8_t* row = plane + 4;
    for (uint32_t y = rows; y != 0; --y, row += planes->pitch) {
      for (uint32_t i = whole; i < planes->pitch; i += 4) *(uint32_t*)(row + i) = 0;
    }
  }
}
