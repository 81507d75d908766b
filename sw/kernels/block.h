// SPDX-License-Identifier: Apache-2.0
// The inner loop of convolutions: `pixels` output pixels x 4 output channels, from their inputs to
// their packed outputs. One file a kind of hardware; each defines
//   fb_block_pixels(types)          how many pixels it takes at best: 4 or 2
//   fb_block_begin(types)           once a layer: what the instructions take from CSRs
//   fb_units_begin(types, pixels, operands)   once for units of as many pixels side by side
//   fb_begin_weights(operands, weights)       once a unit
//   fb_blocks(types, pixels, operands, outputs)   pixels: 4, 2 or 1; all blocks of `outputs`, whose
//                                                 weights follow each other; goes on to the next
//   fb_skip_weights(operands, words)              leaves weights out
// and where hardware loops are, from xpulpv2 on,
//   fb_one_row_blocks(…)            as fb_blocks(), of as many pixels as it takes at best and one
//                                   kernel row of several steps: every pointwise layer
#pragma once

#include <stdint.h>

#include "epilogue.h"
#include "freebits/intrinsics.h"
#include "freebits/kernel_layout.h"
#include "inline_asm.h"
#include "types.h"

struct fb_operands {
  const uint8_t* a;      // first row of the first pixel's window
  int32_t pixel_stride;  // bytes from pixel to pixel
  int32_t row_step;      // bytes from kernel row to kernel row
  uint32_t more_rows;    // kernel rows after the first
  const uint32_t* w;     // of those rows
  uint32_t steps;        // of a row: dot products (after unpacking), or steps of kernel_layout.h
};

/// Where the outputs of blocks go, and how they come about.
struct fb_outputs {
  const struct fb_requant_channel *channel, *end;  // at least four channels
  uint8_t* to;
  int32_t pixel, back;  // steps: to the next pixel, and from the last to the first's next channels
  struct fb_rescale rescale;
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

// Requantization as epilogue.h has it, of sums in place: those of a pixel end up packed in the
// first. In assembly, because the compiler, with all registers taken, spills every sum before it.
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
__asm__(
    ".macro fbk.put lane, bits, signed, mul, add, left, shift, packed, sum\n"
    "  fb.scale \\sum, \\sum, \\mul\n  fb.qnt \\packed, \\sum, \\add, \\lane\n"
    ".endm\n");
#else
__asm__(
    ".macro fbk.put lane, bits, signed, mul, add, left, shift, packed, sum\n"
    "  sll \\sum, \\sum, \\left\n  mulhsu \\sum, \\sum, \\mul\n"
    "  cv.addrnr \\sum, \\add, \\shift\n"
    "  .if \\signed\n  cv.clip \\sum, \\sum, \\bits\n"
    "  .else\n  cv.clipu \\sum, \\sum, \\bits + 1\n  .endif\n"
    "  .if \\lane\n  cv.insert \\packed, \\sum, \\bits - 1, \\bits * \\lane\n  .endif\n"
    ".endm\n");
#endif
// A channel of all pixels; of each the register of its outputs and that of the sum.
__asm__(
    ".macro fbk.puts lane, bits, signed, mul, add, left, shift, packed, sum, more:vararg\n"
    "  fbk.put \\lane, \\bits, \\signed, \\mul, \\add, \\left, \\shift, \\packed, \\sum\n"
    "  .ifnb \\more\n"
    "  fbk.puts \\lane, \\bits, \\signed, \\mul, \\add, \\left, \\shift, \\more\n"
    "  .endif\n"
    ".endm\n"
    ".macro fbk.channel channel, lane, bits, signed, mul, add, more:vararg\n"
    "  cv.lw \\mul, (\\channel), 4\n  cv.lw \\add, (\\channel), 4\n"
    "  fbk.puts \\lane, \\bits, \\signed, \\mul, \\add, \\more\n"
    ".endm\n"
    ".macro fbk.requant1 c, b, s, m, a, l, r, s0, s1, s2, s3\n"
    "  fbk.channel \\c, 0, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s0\n"
    "  fbk.channel \\c, 1, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s1\n"
    "  fbk.channel \\c, 2, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s2\n"
    "  fbk.channel \\c, 3, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s3\n"
    ".endm\n"
    ".macro fbk.requant2 c, b, s, m, a, l, r, s0, s1, s2, s3, s4, s5, s6, s7\n"
    "  fbk.channel \\c, 0, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s0, \\s4, \\s4\n"
    "  fbk.channel \\c, 1, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s1, \\s4, \\s5\n"
    "  fbk.channel \\c, 2, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s2, \\s4, \\s6\n"
    "  fbk.channel \\c, 3, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s3, \\s4, \\s7\n"
    ".endm\n"
    ".macro fbk.requant4 c, b, s, m, a, l, r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, "
    "sd, se, sf\n"
    "  fbk.channel \\c, 0, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s0, \\s4, \\s4, \\s8, \\s8, \\sc, "
    "\\sc\n"
    "  fbk.channel \\c, 1, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s1, \\s4, \\s5, \\s8, \\s9, \\sc, "
    "\\sd\n"
    "  fbk.channel \\c, 2, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s2, \\s4, \\s6, \\s8, \\sa, \\sc, "
    "\\se\n"
    "  fbk.channel \\c, 3, \\b, \\s, \\m, \\a, \\l, \\r, \\s0, \\s3, \\s4, \\s7, \\s8, \\sb, \\sc, "
    "\\sf\n"
    ".endm\n"
    // Four packed outputs.
    ".macro fbk.store bits, to, packed, step\n"
    "  .if \\bits == 8\n  cv.sw \\packed, (\\to), \\step\n"
    "  .elseif \\bits == 4\n  cv.sh \\packed, (\\to), \\step\n"
    "  .else\n  cv.sb \\packed, (\\to), \\step\n  .endif\n"
    ".endm\n"
    ".macro fbk.store1 b, to, pixel, back, s0, more:vararg\n"
    "  fbk.store \\b, \\to, \\s0, \\back\n"
    ".endm\n"
    ".macro fbk.store2 b, to, pixel, back, s0, s1, s2, s3, s4, more:vararg\n"
    "  fbk.store \\b, \\to, \\s0, \\pixel\n  fbk.store \\b, \\to, \\s4, \\back\n"
    ".endm\n"
    ".macro fbk.store4 b, to, pixel, back, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, "
    "more:vararg\n"
    "  fbk.store \\b, \\to, \\s0, \\pixel\n  fbk.store \\b, \\to, \\s4, \\pixel\n"
    "  fbk.store \\b, \\to, \\s8, \\pixel\n  fbk.store \\b, \\to, \\sc, \\back\n"
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

/// Words of activations a step takes, and how often it uses them.
FB_INLINE uint32_t fb_slices(struct fb_types types) {
  return FREEBITS_LEVEL >= LEVEL_MIXED && types.in_bits > types.w_bits
             ? types.in_bits / types.w_bits
             : 1;
}
FB_INLINE uint32_t fb_reuse(struct fb_types types) {
  return FREEBITS_LEVEL >= LEVEL_MIXED && types.w_bits > types.in_bits
             ? types.w_bits / types.in_bits
             : 1;
}

// The asm statements of a number of pixels.
#define FB_PIXELS(FIRST, DOT)                  \
  do {                                         \
    if (pixels == 4) FB_BLOCKS(4, FIRST, DOT); \
    if (pixels == 2) FB_BLOCKS(2, FIRST, DOT); \
    if (pixels == 1) FB_BLOCKS(1, FIRST, DOT); \
  } while (0)
#define FB_ONE_ROW(FIRST, DOT)                         \
  do {                                                 \
    if (pixels == 4) FB_ONE_ROW_BLOCKS(4, FIRST, DOT); \
    if (pixels == 2) FB_ONE_ROW_BLOCKS(2, FIRST, DOT); \
  } while (0)

#if FREEBITS_LEVEL == LEVEL_RV32IMC
#include "block_scalar.h"
#elif FREEBITS_LEVEL <= LEVEL_MIXED
#include "block_simd.h"
#else
#include "block_mac_load.h"
#endif

#undef FB_PIXELS
#undef FB_ONE_ROW
#undef FB_W
#undef FB_OUT_1
#undef FB_OUT_2
#undef FB_OUT_4
#undef FB_SUMS_1
#undef FB_SUMS_2
#undef FB_SUMS_4
