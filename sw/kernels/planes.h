// SPDX-License-Identifier: Apache-2.0
// Channel-major copies of a group of channels, in the core's scratch memory: a plane a channel, of
// bytes or of lanes as narrow as the input. A group is what a word of a pixel holds: 4, 8 or 16
// channels; half of it, 8 channels, for lanes of 2 bits. A plane: a word of zeros, then rows of
// `pitch` bytes, of which the last are zeros: the border on the right of a row and on the left of
// the next.
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

// For cv.shuffle2.b: lanes 0, 1 and 2, 3 of two words, in turn.
#define FB_EVEN_BYTES 0x05010400U
#define FB_ODD_BYTES 0x07030602U
// For cv.shuffle.b: the even bytes before the odd ones.
#define FB_MIDDLE_BYTES 0x03010200U

/// Bytes `c` of four words: the rows of a 4x4 matrix become its columns.
FB_INLINE void fb_transpose(const uint32_t* w, uint32_t* column) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  const uint32_t low01 = cv_shuffle2_b(w[0], w[1], FB_EVEN_BYTES);
  const uint32_t high01 = cv_shuffle2_b(w[0], w[1], FB_ODD_BYTES);
  const uint32_t low23 = cv_shuffle2_b(w[2], w[3], FB_EVEN_BYTES);
  const uint32_t high23 = cv_shuffle2_b(w[2], w[3], FB_ODD_BYTES);
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

/// A word of a plane; goes on by `step` bytes.
FB_INLINE void fb_store_plane(uint8_t** to, uint32_t word, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  cv_sw_post_r(word, (void**)to, step);
#else
  *(uint32_t*)*to = word;
  *to += step;
#endif
}

/// Four pixels' words of a group to the next four bytes of its planes of bytes. `to` is where they
/// go in the first plane, `next` the bytes from a plane to the next one.
FB_INLINE void fb_spread_bytes(uint8_t** to, const uint32_t* words, uint32_t bits, int is_signed,
                               int32_t next) {
  const int32_t parts = 8 / (int32_t)bits, along = parts * next;  // from lane to lane
#pragma clang loop unroll(full)
  for (int32_t part = 0; part < parts; ++part) {
    uint32_t bytes[4], column[4];
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) {
      bytes[i] = fb_plane(words[i], (uint32_t)part, bits, 8, is_signed);
    }
    fb_transpose(bytes, column);
#pragma clang loop unroll(full)
    for (uint32_t lane = 0; lane < 3; ++lane) fb_store_plane(to, column[lane], along);
    fb_store_plane(to, column[3], (part + 1 < parts ? next : 4 - (parts - 1) * next) - 3 * along);
  }
}

#if FREEBITS_LEVEL >= LEVEL_XPULPNN
/// The even elements of `a` and `b` in turn to `a`, the odd ones to `b`.
FB_INLINE void fb_interleave(uint32_t* a, uint32_t* b, uint32_t bits) {
  const uint32_t t = (*a >> bits ^ *b) & fb_lane_mask(bits, 2 * bits, 0);
  *b ^= t;
  *a ^= t << bits;
}

/// Halves of two words, in turn, to the next halfwords of four planes; `last` bytes on after them.
FB_INLINE void fb_store_halves(uint8_t** to, uint32_t a, uint32_t b, int32_t next, int32_t last) {
  cv_sh_post_r(a, (void**)to, next);
  cv_sh_post_r(b, (void**)to, next);
  cv_sh_post_r(a >> 16, (void**)to, next);
  cv_sh_post_r(b >> 16, (void**)to, last);
}

/// Four pixels' words of a group of 4-bit channels to the next halfword of every plane; `next`:
/// from a plane to the next one.
FB_INLINE void fb_spread_nibbles(uint8_t** to, uint32_t* w, int32_t next) {
  fb_interleave(&w[0], &w[1], 4);
  fb_interleave(&w[2], &w[3], 4);
  fb_store_halves(to, cv_shuffle2_b(w[0], w[2], FB_EVEN_BYTES),
                  cv_shuffle2_b(w[1], w[3], FB_EVEN_BYTES), next, next);
  fb_store_halves(to, cv_shuffle2_b(w[0], w[2], FB_ODD_BYTES),
                  cv_shuffle2_b(w[1], w[3], FB_ODD_BYTES), next, 2 - 7 * next);
}

/// Eight of them, to the next word.
FB_INLINE void fb_spread_nibbles_8(uint8_t** to, uint32_t* w, int32_t next) {
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 8; i += 2) fb_interleave(&w[i], &w[i + 1], 4);
  const uint32_t even[4] = {w[0], w[2], w[4], w[6]}, odd[4] = {w[1], w[3], w[5], w[7]};
  uint32_t e[4], o[4];
  fb_transpose(even, e);
  fb_transpose(odd, o);
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) {
    fb_store_plane(to, e[i], next);
    fb_store_plane(to, o[i], i != 3 ? next : 4 - 7 * next);
  }
}

/// Of words of 2-bit channels: byte b of word i is then of channel 4 b + i, of these four pixels.
/// Halfwords of other pixels in the upper halves stay there.
FB_INLINE void fb_interleave_crumbs(uint32_t* w) {
  fb_interleave(&w[0], &w[1], 2);
  fb_interleave(&w[2], &w[3], 2);
  fb_interleave(&w[0], &w[2], 4);
  fb_interleave(&w[1], &w[3], 4);
}

/// Four pixels' halfwords of 2-bit channels, to the next byte of every plane.
FB_INLINE void fb_spread_crumbs(uint8_t** to, uint32_t* w, int32_t next) {
  fb_interleave_crumbs(w);
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 8; ++i) {
    cv_sb_post_r(w[i % 4] >> i / 4 * 8, (void**)to, i != 7 ? next : 1 - 7 * next);
  }
}

/// Eight of them, to the next halfword.
FB_INLINE void fb_spread_crumbs_8(uint8_t** to, const uint32_t* halves, int32_t next) {
  uint32_t w[4];
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) w[i] = cv_pack(halves[4 + i], halves[i]);
  fb_interleave_crumbs(w);
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 4; ++i) w[i] = cv_shuffle_b(w[i], FB_MIDDLE_BYTES);
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < 8; ++i) {
    cv_sh_post_r(w[i % 4] >> i / 4 * 16, (void**)to, i != 7 ? next : 2 - 7 * next);
  }
}
#endif

/// Four pixels of a group to planes of `lanes` bits, which are the input's or 8.
FB_INLINE void fb_spread(uint8_t** to, uint32_t* words, uint32_t bits, uint32_t lanes,
                         int is_signed, int32_t next) {
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (lanes == 4) return fb_spread_nibbles(to, words, next);
  if (lanes == 2) return fb_spread_crumbs(to, words, next);
#endif
  (void)lanes;
  fb_spread_bytes(to, words, bits, is_signed, next);
}

/// The same of eight pixels, to planes of lanes as wide as the input, 4 or 2 bits.
FB_INLINE void fb_spread_8(uint8_t** to, uint32_t* words, uint32_t lanes, int32_t next) {
  (void)to, (void)words, (void)lanes, (void)next;
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
  if (lanes == 4) fb_spread_nibbles_8(to, words, next);
  if (lanes == 2) fb_spread_crumbs_8(to, words, next);
#endif
}

/// A group's inputs of the next pixel of a row: a word, or half of one.
FB_INLINE uint32_t fb_next_pixel(const uint8_t** from, int32_t step, uint32_t lanes) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (lanes == 2) return cv_lhu_post_r((const void**)from, step);
  return cv_lw_post_r((const void**)from, step);
#else
  (void)lanes;
  const uint32_t word = *(const uint32_t*)*from;
  *from += step;
  return word;
#endif
}

/// `rows` times `quads` times four pixels, both at least once; `gap` bytes follow each row.
FB_INLINE void fb_spread_quads(uint8_t** to, const uint8_t** image, int32_t step, uint32_t rows,
                               uint32_t quads, uint32_t gap, uint32_t bits, uint32_t lanes,
                               int is_signed, int32_t next) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (bits == 8) {
    // The same as below, in hardware loops: 18 instructions for four words. a ... d: words of four
    // pixels; e, f: bytes of two channels of two of them.
    uint32_t a = rows, b, c, d, e, f;
    __asm__ volatile(
        ".option push\n"
        ".option norvc\n"
        "cv.setup 1, %[a], 2f\n"
        "cv.setup 0, %[n], 1f\n"
        "cv.lw %[a], (%[from]), %[step]\n"
        "cv.lw %[b], (%[from]), %[step]\n"
        "cv.lw %[c], (%[from]), %[step]\n"
        "cv.lw %[d], (%[from]), %[step]\n"
        "mv %[e], %[a]\n"
        "cv.shuffle2.b %[e], %[b], %[even]\n"
        "cv.shuffle2.b %[a], %[b], %[odd]\n"
        "mv %[f], %[c]\n"
        "cv.shuffle2.b %[f], %[d], %[even]\n"
        "cv.shuffle2.b %[c], %[d], %[odd]\n"
        "cv.pack %[b], %[f], %[e]\n"
        "cv.sw %[b], (%[to]), %[next]\n"
        "cv.pack.h %[d], %[f], %[e]\n"
        "cv.sw %[d], (%[to]), %[next]\n"
        "cv.pack %[b], %[c], %[a]\n"
        "cv.sw %[b], (%[to]), %[next]\n"
        "cv.pack.h %[d], %[c], %[a]\n"
        "cv.sw %[d], (%[to]), %[back]\n"
        "1:\n"
        "add %[to], %[to], %[gap]\n"
        "2:\n"
        ".option pop\n"
        : [from] "+r"(*image), [to] "+r"(*to), [a] "+r"(a), [b] "=&r"(b), [c] "=&r"(c),
          [d] "=&r"(d), [e] "=&r"(e), [f] "=&r"(f)
        : [n] "r"(quads), [gap] "r"(gap), [step] "r"(step), [next] "r"(next),
          [back] "r"(4 - 3 * next), [even] "r"(FB_EVEN_BYTES), [odd] "r"(FB_ODD_BYTES)
        : "memory");
    return;
  }
#endif
  const uint32_t eights = lanes == 8 ? 0 : quads / 2;
  do {
    for (uint32_t n = eights; n != 0; --n) {
      uint32_t words[8];
#pragma clang loop unroll(full)
      for (uint32_t i = 0; i < 8; ++i) words[i] = fb_next_pixel(image, step, lanes);
      fb_spread_8(to, words, lanes, next);
    }
    for (uint32_t n = quads - 2 * eights; n != 0; --n) {
      uint32_t words[4];
#pragma clang loop unroll(full)
      for (uint32_t i = 0; i < 4; ++i) words[i] = fb_next_pixel(image, step, lanes);
      fb_spread(to, words, bits, lanes, is_signed, next);
    }
    *to += gap;
  } while (--rows != 0);
}

/// Rows `first` … `first` + `rows` - 1 of every plane: rows of an image of `width` pixels, `step`
/// bytes apart.
FB_INLINE void fb_fill_rows(const struct fb_planes* planes, uint32_t first, uint32_t rows,
                            const uint8_t* image, uint32_t width, int32_t step, uint32_t bits,
                            uint32_t lanes, int is_signed) {
  uint8_t* to = planes->data + 4 + first * planes->pitch;
  const int32_t next = (int32_t)planes->plane_bytes;
  const uint32_t quads = width / 4, rest = width % 4;
  const uint32_t gap = planes->pitch - (width + 3) / 4 * lanes / 2;
  if (rows != 0 && rest == 0) {
    fb_spread_quads(&to, &image, step, rows, quads, gap, bits, lanes, is_signed, next);
    return;
  }
  for (; rows != 0; --rows) {
    uint32_t words[4];
    if (quads != 0) {
      fb_spread_quads(&to, &image, step, 1, quads, 0, bits, lanes, is_signed, next);
    }
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 4; ++i) words[i] = i < rest ? fb_next_pixel(&image, step, lanes) : 0;
    fb_spread(&to, words, bits, lanes, is_signed, next);
    to += gap;
  }
}

/// `words` words of zeros, `step` bytes apart.
FB_INLINE void fb_clear(uint8_t* to, uint32_t words, int32_t step) {
#if FREEBITS_LEVEL >= LEVEL_XPULPV2
  if (words == 0) return;
  __asm__ volatile(
      ".option push\n"
      ".option norvc\n"
      "cv.setup 0, %[n], 1f\n"
      "cv.sw zero, (%[to]), %[step]\n"
      "nop\n"
      "1:\n"
      ".option pop\n"
      : [to] "+r"(to)
      : [n] "r"(words), [step] "r"(step)
      : "memory");
#else
  for (; words != 0; --words) fb_store_plane(&to, 0, step);
#endif
}

/// Rows outside the image.
FB_INLINE void fb_clear_rows(const struct fb_planes* planes, uint32_t first, uint32_t rows) {
  uint8_t* plane = planes->data + 4 + first * planes->pitch;
  for (uint32_t c = planes->channels; c != 0 && rows != 0; --c, plane += planes->plane_bytes) {
    fb_clear(plane, rows * planes->pitch / 4, 4);
  }
}

/// Once, before any row is filled, for `rows` rows of `width` pixels: the zeros that fb_fill_rows()
/// leaves alone.
FB_INLINE void fb_clear_borders(const struct fb_planes* planes, uint32_t rows, uint32_t width,
                                uint32_t lanes) {
  const uint32_t whole = (width + 3) / 4 * lanes / 2 & ~3U;
  uint8_t* plane = planes->data;
  for (uint32_t c = planes->channels; c != 0; --c, plane += planes->plane_bytes) {
    *(uint32_t*)plane = 0;
    for (uint32_t at = whole; at < planes->pitch; at += 4) {
      fb_clear(plane + 4 + at, rows, (int32_t)planes->pitch);
    }
  }
}
