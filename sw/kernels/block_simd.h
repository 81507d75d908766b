// SPDX-License-Identifier: Apache-2.0
// Levels xpulpv2, xpulpnn and mixed: dot products of operands in general-purpose registers. 4
// pixels x 4 channels: 24 instructions for 16 dot products, no load used right away.
//
// Below mixed both operands are of one width. At mixed a step is a word of the narrower one, used
// in `slices` against words of activations, or `reuse`d in slices against words of weights.
#pragma once

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
#define FB_ROW_OPERANDS(count)                                                                  \
  [pa] "+r"(pa), [pw] "+r"(pw), [w0] "=&r"(w0), [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3), \
      [a0] "=&r"(a0),                                                                           \
      [a1] "=&r"(a1)                                                                            \
      : [st] "r"(st),                                                                           \
        [rb] "r"(rb),                                                                           \
        [n] "r"(count),                                                                         \
        [slices] "i"(slices),                                                                   \
        [reuse] "i"(reuse)                                                                      \
      : "memory"

// A kernel row of n steps, added to the sums; the first row's first part begins them.
#define FB_ROW(PIXELS, FIRST, DOT)                                                \
  __asm__ volatile(".option push\n.option norvc\ncv.setup 0, %[n], 1f\n" FB_STEP( \
                       PIXELS, DOT, DOT) "1:\n.option pop\n"                      \
                   : FB_OUT_##PIXELS("+r"), FB_ROW_OPERANDS(n))
#define FB_FIRST_ROW(PIXELS, FIRST, DOT)                                                \
  __asm__ volatile(                                                                     \
      ".option push\n.option norvc\n" FB_STEP(                                          \
          PIXELS, FIRST,                                                                \
          DOT) "beqz %[n], 1f\ncv.setup 0, %[n], 1f\n" FB_STEP(PIXELS, DOT,             \
                                                               DOT) "1:\n.option pop\n" \
      : FB_OUT_##PIXELS("=&r"), FB_ROW_OPERANDS(n - 1))

#define FB_PIXELS(ROW, FIRST, DOT)       \
  do {                                   \
    if (pixels == 4) ROW(4, FIRST, DOT); \
    if (pixels == 2) ROW(2, FIRST, DOT); \
    if (pixels == 1) ROW(1, FIRST, DOT); \
  } while (0)
// Operands of so many bits.
#define FB_DOTS(ROW, BITS, PREFIX, SUFFIX)                             \
  do {                                                                 \
    if (bits == (BITS) && types.in_signed)                             \
      FB_PIXELS(ROW, PREFIX "dotsp" SUFFIX, PREFIX "sdotsp" SUFFIX);   \
    if (bits == (BITS) && !types.in_signed)                            \
      FB_PIXELS(ROW, PREFIX "dotusp" SUFFIX, PREFIX "sdotusp" SUFFIX); \
  } while (0)
#if FREEBITS_LEVEL == LEVEL_MIXED
#define FB_ANY_DOTS(ROW) FB_DOTS(ROW, 0, "fb.", ".m")
#elif FREEBITS_LEVEL == LEVEL_XPULPNN
#define FB_ANY_DOTS(ROW)        \
  FB_DOTS(ROW, 8, "cv.", ".b"); \
  FB_DOTS(ROW, 4, "fb.", ".n"); \
  FB_DOTS(ROW, 2, "fb.", ".c")
#else
#define FB_ANY_DOTS(ROW) FB_DOTS(ROW, 8, "cv.", ".b")
#endif

FB_INLINE void fb_block_begin(struct fb_types types) {
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBFMT, fb_format(types));
#else
  (void)types;
#endif
}

FB_INLINE void fb_unit_begin(struct fb_types types, uint32_t pixels, const struct fb_operands* o) {
  (void)types, (void)pixels, (void)o;
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBSKIP, 4 * pixels);
#endif
}

FB_INLINE void fb_next_weights(struct fb_operands* o, uint32_t words, int follow) {
  (void)follow;
  o->w += words;
}

FB_INLINE void fb_block(struct fb_types types, uint32_t pixels, const struct fb_operands* o,
                        int32_t* s) {
#if FREEBITS_LEVEL == LEVEL_MIXED
  const uint32_t slices = types.in_bits > types.w_bits ? types.in_bits / types.w_bits : 1;
  const uint32_t reuse = types.w_bits > types.in_bits ? types.w_bits / types.in_bits : 1;
#else
  const uint32_t slices = 1, reuse = 1;
#endif
  const uint32_t bits = fb_dot_bits(FREEBITS_LEVEL, types.in_bits, types.w_bits), n = o->steps;
  const int32_t st = o->pixel_stride, rb = 4 - (int32_t)(pixels - 1) * st;
  const uint8_t *row = o->a, *pa = row;
  const uint32_t* pw = o->w;
  uint32_t w0, w1, w2, w3, a0, a1;
  FB_ANY_DOTS(FB_FIRST_ROW);
  for (uint32_t rows = o->rows - 1; rows != 0; --rows) {
    row += o->row_stride;
    pa = row;
    FB_ANY_DOTS(FB_ROW);
  }
}

#undef FB_ANY_DOTS
#undef FB_DOTS
#undef FB_PIXELS
#undef FB_FIRST_ROW
#undef FB_ROW
#undef FB_ROW_OPERANDS
#undef FB_STEP
