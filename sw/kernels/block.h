// SPDX-License-Identifier: Apache-2.0
// The inner loop of convolutions: `pixels` output pixels x 4 output channels, from their inputs to
// their packed outputs. One file a kind of hardware; each defines
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

struct fb_block_operands {
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

/// How many pixels a block takes at best.
FB_INLINE uint32_t fb_block_pixels(struct fb_types types) {
  return fb_conv_block_pixels(FREEBITS_LEVEL, types.in_bits, types.w_bits);
}

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
#include "kernels/asm/pseudo.h"
#include "kernels/asm/requantize.h"

__asm__(FB_PSEUDO_INSTRUCTIONS());

// The sums of so many pixels, as outputs of asm statements (asm/requantize.S).
#define FB_OUT_1(mode) [s0] mode(s[0]), [s1] mode(s[1]), [s2] mode(s[2]), [s3] mode(s[3])
#define FB_OUT_2(mode) \
  FB_OUT_1(mode), [s4] mode(s[4]), [s5] mode(s[5]), [s6] mode(s[6]), [s7] mode(s[7])
#define FB_OUT_4(mode)                                                                  \
  FB_OUT_2(mode), [s8] mode(s[8]), [s9] mode(s[9]), [sa] mode(s[10]), [sb] mode(s[11]), \
      [sc] mode(s[12]), [sd] mode(s[13]), [se] mode(s[14]), [sf] mode(s[15])
#endif

#if FREEBITS_LEVEL >= LEVEL_MIXED
/// Of CSR fbfmt.
FB_INLINE uint32_t fb_format(struct fb_types types) {
  return fb_width_code(types.in_bits) | fb_width_code(types.w_bits) << 4;
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
#define FB_PIXELS(FIRST, DOT)                      \
  do {                                             \
    if (pixels == 4) FB_BLOCKS_ASM(4, FIRST, DOT); \
    if (pixels == 2) FB_BLOCKS_ASM(2, FIRST, DOT); \
    if (pixels == 1) FB_BLOCKS_ASM(1, FIRST, DOT); \
  } while (0)
#define FB_ONE_ROW(FIRST, DOT)                      \
  do {                                              \
    if (pixels == 4) FB_ONE_ROW_ASM(4, FIRST, DOT); \
    if (pixels == 2) FB_ONE_ROW_ASM(2, FIRST, DOT); \
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
#undef FB_OUT_1
#undef FB_OUT_2
#undef FB_OUT_4
