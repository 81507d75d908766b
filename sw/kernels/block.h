// SPDX-License-Identifier: Apache-2.0
// The inner loop of convolutions: sums of `pixels` output pixels x 4 output channels. One file a
// kind of hardware; each defines
//   fb_block_pixels(types)          how many pixels it takes at best: 4 or 2
//   fb_block_begin(types)           once a layer: what the instructions take from CSRs
//   fb_unit_begin(types, pixels, operands)   once for blocks of the same pixels
//   fb_next_weights(operands, words, follow)   on to the next channels' weights; follow: they lie
//   right
//                                              behind those of the last call
//   fb_block(types, pixels, operands, sums)   pixels: 4, 2 or 1; sums[pixel * 4 + channel]
#pragma once

#include <stdint.h>

#include "freebits/intrinsics.h"
#include "freebits/kernel_layout.h"
#include "types.h"

struct fb_operands {
  const uint8_t* a;      // first row of the first pixel's window
  int32_t pixel_stride;  // bytes from pixel to pixel
  int32_t row_stride;    // bytes from kernel row to kernel row
  uint32_t rows;         // kernel rows, at least 1
  const uint32_t* w;     // of those rows
  uint32_t steps;        // of a row: dot products (after unpacking), or steps of kernel_layout.h
};

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
// The words of 4 channels; their dot products with one word of activations.
__asm__(
    ".macro fbk.weights w0, w1, w2, w3, pw\n"
    "  cv.lw \\w0, (\\pw), 4\n  cv.lw \\w1, (\\pw), 4\n"
    "  cv.lw \\w2, (\\pw), 4\n  cv.lw \\w3, (\\pw), 4\n"
    ".endm\n"
    ".macro fbk.dots dot, a, w0, w1, w2, w3, s0, s1, s2, s3\n"
    "  \\dot \\s0, \\a, \\w0\n  \\dot \\s1, \\a, \\w1\n"
    "  \\dot \\s2, \\a, \\w2\n  \\dot \\s3, \\a, \\w3\n"
    ".endm\n");
#define FB_W "%[w0], %[w1], %[w2], %[w3]"

// The sums of so many pixels, as operands of macros and of asm statements.
#define FB_SUMS_1 "%[s0], %[s1], %[s2], %[s3]"
#define FB_SUMS_2 FB_SUMS_1 ", %[s4], %[s5], %[s6], %[s7]"
#define FB_SUMS_4 FB_SUMS_2 ", %[s8], %[s9], %[sa], %[sb], %[sc], %[sd], %[se], %[sf]"
#define FB_OUT_1(mode) [s0] mode(s[0]), [s1] mode(s[1]), [s2] mode(s[2]), [s3] mode(s[3])
#define FB_OUT_2(mode) \
  FB_OUT_1(mode), [s4] mode(s[4]), [s5] mode(s[5]), [s6] mode(s[6]), [s7] mode(s[7])
#define FB_OUT_4(mode)                                                                  \
  FB_OUT_2(mode), [s8] mode(s[8]), [s9] mode(s[9]), [sa] mode(s[10]), [sb] mode(s[11]), \
      [sc] mode(s[12]), [sd] mode(s[13]), [se] mode(s[14]), [sf] mode(s[15])
#endif

#if FREEBITS_LEVEL >= LEVEL_MIXED
/// Of CSR fbfmt: 0, 1, 2 for 8, 4, 2 bits.
FB_INLINE uint32_t fb_format(struct fb_types types) {
  const uint32_t a = types.in_bits == 8 ? 0 : types.in_bits == 4 ? 1 : 2;
  const uint32_t w = types.w_bits == 8 ? 0 : types.w_bits == 4 ? 1 : 2;
  return a | w << 4;
}
#endif

#if FREEBITS_LEVEL == LEVEL_RV32IMC
#include "block_scalar.h"
#elif FREEBITS_LEVEL <= LEVEL_MIXED
#include "block_simd.h"
#else
#include "block_mac_load.h"
#endif

#undef FB_W
#undef FB_OUT_1
#undef FB_OUT_2
#undef FB_OUT_4
#undef FB_SUMS_1
#undef FB_SUMS_2
#undef FB_SUMS_4
