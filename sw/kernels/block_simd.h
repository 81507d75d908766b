// SPDX-License-Identifier: Apache-2.0
// Levels xpulpv2, xpulpnn and mixed: dot products of operands in general-purpose registers. 4
// pixels x 4 channels: 24 instructions for 16 dot products, no load used right away.
//
// Below mixed both operands are of one width. At mixed a step is a word of the narrower one, used
// in `slices` against words of activations, or `reuse`d in slices against words of weights.
#pragma once

#include "unpack.h"

/// Narrower activations stay in registers for all words of weights: only two fit.
FB_INLINE uint32_t fb_block_pixels(struct fb_types types) {
  return FREEBITS_LEVEL == LEVEL_MIXED && types.in_bits < types.w_bits ? 2 : 4;
}

// A step: `slices` words of activations against one of weights, or one of activations against
// `reuse` of weights; the first part's dot products may be of another kind (`first`: without the
// old sum).
__asm__(
    ".macro fbk.slice4 dot, pa, st, rb, a0, a1, w0, w1, w2, w3, s0, s1, s2, s3, s4, s5, s6, s7, "
    "s8, "
    "s9, sa, sb, sc, sd, se, sf\n"
    "  cv.lw \\a0, (\\pa), \\st\n"
    "  cv.lw \\a1, (\\pa), \\st\n"
    "  fbk.dots \\dot, \\a0, \\w0, \\w1, \\w2, \\w3, \\s0, \\s1, \\s2, \\s3\n"
    "  cv.lw \\a0, (\\pa), \\st\n"
    "  fbk.dots \\dot, \\a1, \\w0, \\w1, \\w2, \\w3, \\s4, \\s5, \\s6, \\s7\n"
    "  cv.lw \\a1, (\\pa), \\rb\n"
    "  fbk.dots \\dot, \\a0, \\w0, \\w1, \\w2, \\w3, \\s8, \\s9, \\sa, \\sb\n"
    "  fbk.dots \\dot, \\a1, \\w0, \\w1, \\w2, \\w3, \\sc, \\sd, \\se, \\sf\n"
    ".endm\n"
    ".macro fbk.step4 first, dot, slices, reuse, pw, pa, st, rb, a0, a1, w0, w1, w2, w3, "
    "sums:vararg\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  fbk.slice4 \\first, \\pa, \\st, \\rb, \\a0, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .rept \\slices - 1\n"
    "  fbk.slice4 \\dot, \\pa, \\st, \\rb, \\a0, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endr\n"
    ".endm\n"
    ".macro fbk.dots2 dot, a0, a1, w0, w1, w2, w3, s0, s1, s2, s3, s4, s5, s6, s7\n"
    "  fbk.dots \\dot, \\a0, \\w0, \\w1, \\w2, \\w3, \\s0, \\s1, \\s2, \\s3\n"
    "  fbk.dots \\dot, \\a1, \\w0, \\w1, \\w2, \\w3, \\s4, \\s5, \\s6, \\s7\n"
    ".endm\n"
    ".macro fbk.step2 first, dot, slices, reuse, pw, pa, st, rb, a0, a1, w0, w1, w2, w3, "
    "sums:vararg\n"
    "  cv.lw \\a0, (\\pa), \\st\n"
    "  cv.lw \\a1, (\\pa), \\rb\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  fbk.dots2 \\first, \\a0, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .rept \\reuse - 1\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  fbk.dots2 \\dot, \\a0, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endr\n"
    "  .rept \\slices - 1\n"
    "  cv.lw \\a0, (\\pa), \\st\n"
    "  cv.lw \\a1, (\\pa), \\rb\n"
    "  fbk.dots2 \\dot, \\a0, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endr\n"
    ".endm\n"
    ".macro fbk.step1 first, dot, slices, reuse, pw, pa, st, rb, a0, a1, w0, w1, w2, w3, "
    "sums:vararg\n"
    "  cv.lw \\a0, (\\pa), 4\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  fbk.dots \\first, \\a0, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .rept \\reuse - 1\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  fbk.dots \\dot, \\a0, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endr\n"
    "  .if \\slices > 1\n"
    "  cv.lw \\a1, (\\pa), 4\n"
    "  .rept (\\slices - 2) / 2\n"
    "  cv.lw \\a0, (\\pa), 4\n"
    "  fbk.dots \\dot, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  cv.lw \\a1, (\\pa), 4\n"
    "  fbk.dots \\dot, \\a0, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endr\n"
    "  fbk.dots \\dot, \\a1, \\w0, \\w1, \\w2, \\w3, \\sums\n"
    "  .endif\n"
    ".endm\n");

#define FB_STEP(PIXELS, FIRST, DOT)                                                              \
  "fbk.step" #PIXELS " " FIRST ", " DOT                                                          \
  ", %[slices], %[reuse], %[pw], %[pa], %[st], %[rb], %[a0], %[a1], " FB_W ", " FB_SUMS_##PIXELS \
      "\n"
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
#define FB_LOAD_RESCALE
#else
#define FB_LOAD_RESCALE "lw %[w2], %[left]\nlw %[w3], %[shift]\n"
#endif
// Blocks. The first step of the first row begins the sums; the others' loop and that of their steps
// end at the same place. No register is left beside these, so what is needed once a row or once a
// block comes from memory.
#define FB_BLOCKS(PIXELS, FIRST, DOT) \
  __asm__ volatile(                                                                                \
      FB_AT_MOST(2048) ".option push\n.option norvc\nfb.align_code\n3:\nlw %[pa], %[a]\n" FB_STEP(PIXELS, FIRST, DOT)                                  \
      "addi %[w0], %[n], -1\nbeqz %[w0], 1f\ncv.setup 0, %[w0], 1f\n" FB_STEP(PIXELS, DOT, DOT)   \
      "1:\nlw %[w0], %[rows]\nbeqz %[w0], 2f\ncv.setup 1, %[w0], 2f\n"                             \
      "lw %[w1], %[row_step]\nadd %[pa], %[pa], %[w1]\ncv.setup 0, %[n], 2f\n" FB_STEP(           \
          PIXELS, DOT, DOT) "2:\n" FB_LOAD_RESCALE "fbk.requant" #PIXELS                           \
      " %[channel], %[bits], %[sign], %[w0], %[w1], %[w2], %[w3], " FB_SUMS_##PIXELS               \
      "\nlw %[w0], %[to]\nlw %[w1], %[pixel]\nlw %[w2], %[back]\nlw %[w3], %[end]\nfbk.store" #PIXELS " %[bits], %[w0], %[w1], %[w2], " FB_SUMS_##PIXELS "\n"       \
      "sw %[w0], %[to]\nbne %[channel], %[w3], 3b\n.option pop\n"                                                            \
      : FB_OUT_##PIXELS("=&r"), [pa] "=&r"(pa), [pw] "+r"(o->w), [w0] "=&r"(w0), [w1] "=&r"(w1),    \
        [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0), [a1] "=&r"(a1), [channel] "+r"(out->channel), [to] "+m"(out->to)                           \
      : [st] "r"(o->pixel_stride), [rb] "r"(rb), [n] "r"(o->steps), [a] "m"(o->a), [rows] "m"(o->more_rows),                   \
        [row_step] "m"(o->row_step), [pixel] "m"(out->pixel), [back] "m"(out->back), [end] "m"(out->end), [left] "m"(out->rescale.left), [shift] "m"(out->rescale.shift), [bits] "i"(types.out_bits), [sign] "i"(types.out_signed), [slices] "i"(slices), [reuse] "i"(reuse)                         \
      : "memory")

// The same of one kernel row of several steps, as every pointwise layer has it: hardware loop 1
// goes over the blocks.
#define FB_ONE_ROW_BLOCKS(PIXELS, FIRST, DOT) \
  __asm__ volatile( \
      FB_AT_MOST(1536) ".option push\n.option norvc\nlw %[w0], %[blocks]\n" \
      "cv.starti 0, 1f\ncv.endi 0, 2f\ncv.setup 1, %[w0], 3f\n" \
      "lw %[w0], %[more]\nlw %[pa], %[a]\ncv.count 0, %[w0]\n" FB_STEP(PIXELS, FIRST, DOT) \
      "1:\n" FB_STEP(PIXELS, DOT, DOT) "2:\n" FB_LOAD_RESCALE "fbk.requant" #PIXELS \
      " %[channel], %[bits], %[sign], %[w0], %[w1], %[w2], %[w3], " FB_SUMS_##PIXELS \
      "\nlw %[w1], %[pixel]\nlw %[w2], %[back]\nfbk.store" #PIXELS \
      " %[bits], %[to], %[w1], %[w2], " FB_SUMS_##PIXELS "\n3:\n.option pop\n" \
      : FB_OUT_##PIXELS("=&r"), [pa] "=&r"(pa), [pw] "+r"(o->w), [w0] "=&r"(w0), [w1] "=&r"(w1), \
        [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0), [a1] "=&r"(a1), \
        [channel] "+r"(out->channel), [to] "+r"(out->to) \
      : [st] "r"(o->pixel_stride), [rb] "r"(rb), [more] "m"(more), [a] "m"(o->a), \
        [blocks] "m"(blocks), [pixel] "m"(out->pixel), [back] "m"(out->back), \
        [left] "m"(out->rescale.left), [shift] "m"(out->rescale.shift), \
        [bits] "i"(types.out_bits), [sign] "i"(types.out_signed), [slices] "i"(slices), \
        [reuse] "i"(reuse) \
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

FB_INLINE void fb_units_begin(struct fb_types types, uint32_t pixels, struct fb_operands* o) {
  o->row_step -= (int32_t)(4 * fb_slices(types) * o->steps);  // from the end of a row on
  (void)pixels;
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBSKIP, 4 * pixels);
#endif
}

FB_INLINE void fb_begin_weights(struct fb_operands* o, const uint32_t* w) { o->w = w; }
FB_INLINE void fb_skip_weights(struct fb_operands* o, uint32_t words) { o->w += words; }

FB_INLINE void fb_one_row_blocks(struct fb_types types, uint32_t pixels, struct fb_operands* o,
                                 struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  const uint32_t blocks = (uint32_t)(out->end - out->channel) / 4, more = o->steps - 1;
  const int32_t rb = 4 - (int32_t)(pixels - 1) * o->pixel_stride;
  const uint8_t* pa;
  uint32_t w0, w1, w2, w3, a0, a1, s[16];
  FB_DOTS_OF(FB_ONE_ROW);
}

FB_INLINE void fb_blocks(struct fb_types types, uint32_t pixels, struct fb_operands* o,
                         struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  const int32_t rb = 4 - (int32_t)(pixels - 1) * o->pixel_stride;
  const uint8_t* pa;
  uint32_t w0, w1, w2, w3, a0, a1, s[16];
  FB_DOTS_OF(FB_PIXELS);
}

#if FREEBITS_LEVEL != LEVEL_MIXED
// Weights of one channel, unpacked in place: signed, so at the top of their lanes (unpack.h). What
// a shift within the lanes brings there is alone there.
__asm__(
    ".macro fbk.planes dot, lane, bits, amount, mask, t, a0, a1, a2, a3, w, sum\n"
    "  .if \\lane == 8\n  cv.sll.sci.b \\t, \\w, 8 - \\bits\n"
    "  .else\n  fb.sll.sc.n \\t, \\w, \\amount\n  .endif\n"
    "  \\dot \\sum, \\a0, \\t\n"
    "  .if \\lane / \\bits == 4\n"
    "  slli \\t, \\w, 2 * \\bits\n  and \\t, \\t, \\mask\n  \\dot \\sum, \\a1, \\t\n"
    "  slli \\t, \\w, \\bits\n  and \\t, \\t, \\mask\n  \\dot \\sum, \\a2, \\t\n"
    "  and \\t, \\w, \\mask\n  \\dot \\sum, \\a3, \\t\n"
    "  .else\n  and \\t, \\w, \\mask\n  \\dot \\sum, \\a1, \\t\n  .endif\n"
    ".endm\n"
    ".macro fbk.packed dot, lane, bits, amount, mask, t, pa, pw, a0, a1, a2, a3, w0, w1, w2, w3, "
    "s0, s1, s2, s3\n"
    "  fbk.weights \\w0, \\w1, \\w2, \\w3, \\pw\n"
    "  cv.lw \\a0, (\\pa), 4\n  cv.lw \\a1, (\\pa), 4\n"
    "  .if \\lane / \\bits == 4\n  cv.lw \\a2, (\\pa), 4\n  cv.lw \\a3, (\\pa), 4\n  .endif\n"
    "  .irp i, 0, 1, 2, 3\n  .endr\n"
    "  fbk.planes \\dot, \\lane, \\bits, \\amount, \\mask, \\t, \\a0, \\a1, \\a2, \\a3, \\w0, "
    "\\s0\n"
    "  fbk.planes \\dot, \\lane, \\bits, \\amount, \\mask, \\t, \\a0, \\a1, \\a2, \\a3, \\w1, "
    "\\s1\n"
    "  fbk.planes \\dot, \\lane, \\bits, \\amount, \\mask, \\t, \\a0, \\a1, \\a2, \\a3, \\w2, "
    "\\s2\n"
    "  fbk.planes \\dot, \\lane, \\bits, \\amount, \\mask, \\t, \\a0, \\a1, \\a2, \\a3, \\w3, "
    "\\s3\n"
    ".endm\n");

#define FB_PACKED(FIRST, DOT)                                                                  \
  __asm__ volatile(                                                                            \
      ".option push\n.option norvc\n"                                                          \
      "li %[s0], 0\nli %[s1], 0\nli %[s2], 0\nli %[s3], 0\n"                                   \
      "cv.setup 1, %[rows], 2f\ncv.setup 0, %[n], 1f\n"                                        \
      "fbk.packed " DOT                                                                        \
      ", %[lane], %[w_bits], %[amount], %[mask], %[t], %[pa], %[pw], %[a0], "                  \
      "%[a1], %[a2], %[a3], " FB_W ", " FB_SUMS_1                                              \
      "\n1:\nadd %[pa], %[pa], %[row_step]\n2:\n"                                              \
      "fbk.requant1 %[channel], %[bits], %[sign], %[w0], %[w1], %[left], %[shift], " FB_SUMS_1 \
      "\nfbk.store1 %[bits], %[to], %[back], %[back], " FB_SUMS_1 "\n.option pop\n"            \
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
FB_INLINE void fb_packed_block(struct fb_types types, struct fb_operands* o,
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
#undef FB_BLOCKS
#undef FB_ONE_ROW_BLOCKS
#undef FB_LOAD_RESCALE
#undef FB_STEP
