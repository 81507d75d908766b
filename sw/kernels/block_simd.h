// SPDX-License-Identifier: Apache-2.0
// Levels xpulpv2, xpulpnn and mixed: dot products of operands in general-purpose registers. The
// inner loops are asm/block_simd.S and asm/packed_block.S.
//
// Below mixed both operands are of one width. At mixed a step is a word of the narrower one, used
// in `slices` against words of activations, or `reuse`d in slices against words of weights.
#pragma once

#include "kernels/asm/block_simd.h"
#include "kernels/asm/packed_block.h"
#include "unpack.h"

// The asm statements of asm/block_simd.S. Operands that are needed once a row or once a block are
// in memory, because no register is left.
#define FB_BLOCKS_BYTES_4 1316  // bounds, see inline_asm.h
#define FB_BLOCKS_BYTES_2 1460
#define FB_BLOCKS_BYTES_1 1520
#define FB_ONE_ROW_BYTES_4 992
#define FB_ONE_ROW_BYTES_2 1112
#define FB_BLOCKS_ASM(PIXELS, FIRST, DOT)                                                          \
  __asm__ volatile(                                                                                \
      FB_MORE_BYTES(FB_BLOCKS_BYTES_##PIXELS)                                                      \
          FB_BLOCKS(FB_STEP_##PIXELS, FB_REQUANTIZE_##PIXELS, FB_STORE_##PIXELS, FIRST, DOT)       \
      : FB_OUT_##PIXELS("=&r"), [pa] "=&r"(pa), [pw] "+r"(o->w), [w0] "=&r"(w0), [w1] "=&r"(w1),   \
        [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0), [a1] "=&r"(a1),                            \
        [channel] "+r"(out->channel), [to] "+m"(out->to)                                           \
      : [st] "r"(o->pixel_stride), [rb] "r"(rb), [n] "r"(o->steps), [a] "m"(o->a),                 \
        [rows] "m"(o->more_rows), [row_step] "m"(o->row_step), [pixel] "m"(out->pixel),            \
        [back] "m"(out->back), [end] "m"(out->end), [left] "m"(out->rescale.left),                 \
        [shift] "m"(out->rescale.shift), [bits] "i"(types.out_bits), [sign] "i"(types.out_signed), \
        [slices] "i"(slices), [reuse] "i"(reuse)                                                   \
      : "memory")
#define FB_ONE_ROW_ASM(PIXELS, FIRST, DOT)                                                      \
  __asm__ volatile(FB_MORE_BYTES(FB_ONE_ROW_BYTES_##PIXELS) FB_ONE_ROW_BLOCKS(                  \
                       FB_STEP_##PIXELS, FB_REQUANTIZE_##PIXELS, FB_STORE_##PIXELS, FIRST, DOT) \
                   : FB_OUT_##PIXELS("=&r"), [pa] "=&r"(pa), [pw] "+r"(o->w), [w0] "=&r"(w0),   \
                     [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0),            \
                     [a1] "=&r"(a1), [channel] "+r"(out->channel), [to] "+r"(out->to)           \
                   : [st] "r"(o->pixel_stride), [rb] "r"(rb), [more] "m"(more), [a] "m"(o->a),  \
                     [blocks] "m"(blocks), [pixel] "m"(out->pixel), [back] "m"(out->back),      \
                     [left] "m"(out->rescale.left), [shift] "m"(out->rescale.shift),            \
                     [bits] "i"(types.out_bits), [sign] "i"(types.out_signed),                  \
                     [slices] "i"(slices), [reuse] "i"(reuse)                                   \
                   : "memory")

// An asm statement, given the names of its instructions.
#define FB_DOTS(STATEMENT, PREFIX, SUFFIX)                        \
  do {                                                            \
    if (types.in_signed)                                          \
      STATEMENT(PREFIX "dotsp" SUFFIX, PREFIX "sdotsp" SUFFIX);   \
    else                                                          \
      STATEMENT(PREFIX "dotusp" SUFFIX, PREFIX "sdotusp" SUFFIX); \
  } while (0)

// An asm statement of the dot products of a pair of types.
#if FREEBITS_LEVEL == LEVEL_MIXED
#define FB_DOTS_OF(STATEMENT) FB_DOTS(STATEMENT, "fb.", ".m")
#else
#define FB_DOTS_OF(STATEMENT)                                                           \
  do {                                                                                  \
    const uint32_t dot_bits = fb_dot_bits(FREEBITS_LEVEL, types.in_bits, types.w_bits); \
    if (dot_bits == 8) FB_DOTS(STATEMENT, "cv.", ".b");                                 \
    if (dot_bits == 4) FB_DOTS(STATEMENT, "fb.", ".n");                                 \
    if (dot_bits == 2) FB_DOTS(STATEMENT, "fb.", ".c");                                 \
  } while (0)
#endif

FB_INLINE void fb_block_begin(struct fb_types types) {
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBFMT, fb_format(types));
#else
  (void)types;
#endif
}

FB_INLINE void fb_units_begin(struct fb_types types, uint32_t pixels, struct fb_block_operands* o) {
  o->row_step -= (int32_t)(4 * fb_slices(types) * o->steps);  // from the end of a row on
  (void)pixels;
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBSKIP, 4 * pixels);
#endif
}

FB_INLINE void fb_begin_weights(struct fb_block_operands* o, const uint32_t* w) { o->w = w; }
FB_INLINE void fb_skip_weights(struct fb_block_operands* o, uint32_t words) { o->w += words; }

FB_INLINE void fb_one_row_blocks(struct fb_types types, uint32_t pixels,
                                 struct fb_block_operands* o, struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  const uint32_t blocks = (uint32_t)(out->end - out->channel) / 4, more = o->steps - 1;
  const int32_t rb = 4 - (int32_t)(pixels - 1) * o->pixel_stride;
  const uint8_t* pa;
  uint32_t w0, w1, w2, w3, a0, a1, s[16];
  FB_DOTS_OF(FB_ONE_ROW);
}

FB_INLINE void fb_blocks(struct fb_types types, uint32_t pixels, struct fb_block_operands* o,
                         struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  const int32_t rb = 4 - (int32_t)(pixels - 1) * o->pixel_stride;
  const uint8_t* pa;
  uint32_t w0, w1, w2, w3, a0, a1, s[16];
  FB_DOTS_OF(FB_PIXELS);
}

#if FREEBITS_LEVEL != LEVEL_MIXED
// The asm statement of asm/packed_block.S; a sum is cleared, so that FIRST is not used.
#define FB_PACKED(FIRST, DOT)                                                                  \
  __asm__ volatile(                                                                            \
      FB_PACKED_BLOCK(DOT)                                                                     \
      : FB_OUT_1("=&r"), [pa] "+r"(pa), [pw] "+r"(o->w), [w0] "=&r"(w0), [w1] "=&r"(w1),       \
        [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0), [a1] "=&r"(a1), [a2] "=&r"(a2),        \
        [a3] "=&r"(a3), [t] "=&r"(t), [channel] "+r"(out->channel), [to] "+r"(out->to)         \
      : [rows] "r"(o->more_rows + 1), [n] "r"(o->steps / planes), [row_step] "r"(o->row_step), \
        [amount] "r"(lane - types.w_bits), [mask] "r"(fb_lane_mask(types.w_bits, lane, 1)),    \
        [left] "r"(out->rescale.left), [shift] "r"(out->rescale.shift), [back] "r"(out->back), \
        [lane] "i"(lane), [w_bits] "i"(types.w_bits), [bits] "i"(types.out_bits),              \
        [sign] "i"(types.out_signed)                                                           \
      : "memory")

/// A block of one pixel by weights narrower than the lanes of its dot products.
FB_INLINE void fb_packed_block(struct fb_types types, struct fb_block_operands* o,
                               struct fb_outputs* out) {
  const uint32_t lane = fb_dot_bits(FREEBITS_LEVEL, types.in_bits, types.w_bits);
  const uint32_t planes = lane / types.w_bits;
  const uint8_t* pa = o->a;
  uint32_t w0, w1, w2, w3, a0, a1, a2, a3, t, s[4];
  if (lane == 8) FB_DOTS(FB_PACKED, "cv.", ".b");
  if (lane == 4) FB_DOTS(FB_PACKED, "fb.", ".n");
}
#undef FB_PACKED
#endif

#undef FB_DOTS_OF
#undef FB_DOTS
#undef FB_BLOCKS_ASM
#undef FB_ONE_ROW_ASM
