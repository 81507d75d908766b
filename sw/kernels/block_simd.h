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

// Activations at least as wide: `slices` words of them against one of weights.
#define FB_ROW_4(DOT)                                                                             \
  __asm__ volatile(                                                                               \
      ".option push\n.option norvc\n"                                                             \
      "cv.setup 0, %[n], 1f\n"                                                                    \
      "fbk.weights " FB_W                                                                         \
      ", %[pw]\n"                                                                                 \
      ".rept %[slices]\n"                                                                         \
      "cv.lw %[a0], (%[pa]), %[st]\n"                                                             \
      "cv.lw %[a1], (%[pa]), %[st]\n"                                                             \
      "fbk.dots " DOT ", %[a0], " FB_W                                                            \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                            \
      "cv.lw %[a0], (%[pa]), %[st]\n"                                                             \
      "fbk.dots " DOT ", %[a1], " FB_W                                                            \
      ", %[s4], %[s5], %[s6], %[s7]\n"                                                            \
      "cv.lw %[a1], (%[pa]), %[rb]\n"                                                             \
      "fbk.dots " DOT ", %[a0], " FB_W                                                            \
      ", %[s8], %[s9], %[sa], %[sb]\n"                                                            \
      "fbk.dots " DOT ", %[a1], " FB_W                                                            \
      ", %[sc], %[sd], %[se], %[sf]\n"                                                            \
      ".endr\n"                                                                                   \
      "1:\n.option pop\n"                                                                         \
      : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]), [s4] "+r"(s[4]),      \
        [s5] "+r"(s[5]), [s6] "+r"(s[6]), [s7] "+r"(s[7]), [s8] "+r"(s[8]), [s9] "+r"(s[9]),      \
        [sa] "+r"(s[10]), [sb] "+r"(s[11]), [sc] "+r"(s[12]), [sd] "+r"(s[13]), [se] "+r"(s[14]), \
        [sf] "+r"(s[15]), [pa] "+r"(pa), [pw] "+r"(pw), [w0] "=&r"(w0), [w1] "=&r"(w1),           \
        [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0), [a1] "=&r"(a1)                            \
      : [st] "r"(st), [rb] "r"(rb), [n] "r"(n), [slices] "i"(slices)                              \
      : "memory")
#define FB_ROW_2(DOT)                                                                        \
  __asm__ volatile(                                                                          \
      ".option push\n.option norvc\n"                                                        \
      "cv.setup 0, %[n], 1f\n"                                                               \
      ".if %[reuse] > 1\n"                                                                   \
      "cv.lw %[a0], (%[pa]), %[st]\n"                                                        \
      "cv.lw %[a1], (%[pa]), %[rb]\n"                                                        \
      ".rept %[reuse]\n"                                                                     \
      "fbk.weights " FB_W                                                                    \
      ", %[pw]\n"                                                                            \
      "fbk.dots " DOT ", %[a0], " FB_W                                                       \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                       \
      "fbk.dots " DOT ", %[a1], " FB_W                                                       \
      ", %[s4], %[s5], %[s6], %[s7]\n"                                                       \
      ".endr\n"                                                                              \
      ".else\n"                                                                              \
      "fbk.weights " FB_W                                                                    \
      ", %[pw]\n"                                                                            \
      ".rept %[slices]\n"                                                                    \
      "cv.lw %[a0], (%[pa]), %[st]\n"                                                        \
      "cv.lw %[a1], (%[pa]), %[rb]\n"                                                        \
      "fbk.dots " DOT ", %[a0], " FB_W                                                       \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                       \
      "fbk.dots " DOT ", %[a1], " FB_W                                                       \
      ", %[s4], %[s5], %[s6], %[s7]\n"                                                       \
      ".endr\n"                                                                              \
      ".endif\n"                                                                             \
      "1:\n.option pop\n"                                                                    \
      : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]), [s4] "+r"(s[4]), \
        [s5] "+r"(s[5]), [s6] "+r"(s[6]), [s7] "+r"(s[7]), [pa] "+r"(pa), [pw] "+r"(pw),     \
        [w0] "=&r"(w0), [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3), [a0] "=&r"(a0),      \
        [a1] "=&r"(a1)                                                                       \
      : [st] "r"(st), [rb] "r"(rb), [n] "r"(n), [slices] "i"(slices), [reuse] "i"(reuse)     \
      : "memory")
#define FB_ROW_1(DOT)                                                                      \
  __asm__ volatile(                                                                        \
      ".option push\n.option norvc\n"                                                      \
      "cv.setup 0, %[n], 1f\n"                                                             \
      ".if %[slices] == 1\n"                                                               \
      "cv.lw %[a0], (%[pa]), 4\n"                                                          \
      ".rept %[reuse]\n"                                                                   \
      "fbk.weights " FB_W                                                                  \
      ", %[pw]\n"                                                                          \
      "fbk.dots " DOT ", %[a0], " FB_W                                                     \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                     \
      ".endr\n"                                                                            \
      ".else\n"                                                                            \
      "fbk.weights " FB_W                                                                  \
      ", %[pw]\n"                                                                          \
      ".rept %[slices] / 2\n"                                                              \
      "cv.lw %[a0], (%[pa]), 4\n"                                                          \
      "cv.lw %[a1], (%[pa]), 4\n"                                                          \
      "fbk.dots " DOT ", %[a0], " FB_W                                                     \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                     \
      "fbk.dots " DOT ", %[a1], " FB_W                                                     \
      ", %[s0], %[s1], %[s2], %[s3]\n"                                                     \
      ".endr\n"                                                                            \
      ".endif\n"                                                                           \
      "1:\n.option pop\n"                                                                  \
      : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]), [pa] "+r"(pa), \
        [pw] "+r"(pw), [w0] "=&r"(w0), [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3),     \
        [a0] "=&r"(a0), [a1] "=&r"(a1)                                                     \
      : [n] "r"(n), [slices] "i"(slices), [reuse] "i"(reuse)                               \
      : "memory")

// Operands of so many bits.
#define FB_ROW(BITS, SIGNED, UNSIGNED)                                         \
  do {                                                                         \
    if (bits == (BITS) && pixels == 4 && types.in_signed) FB_ROW_4(SIGNED);    \
    if (bits == (BITS) && pixels == 4 && !types.in_signed) FB_ROW_4(UNSIGNED); \
    if (bits == (BITS) && pixels == 2 && types.in_signed) FB_ROW_2(SIGNED);    \
    if (bits == (BITS) && pixels == 2 && !types.in_signed) FB_ROW_2(UNSIGNED); \
    if (bits == (BITS) && pixels == 1 && types.in_signed) FB_ROW_1(SIGNED);    \
    if (bits == (BITS) && pixels == 1 && !types.in_signed) FB_ROW_1(UNSIGNED); \
  } while (0)

FB_INLINE void fb_block_begin(struct fb_types types) {
#if FREEBITS_LEVEL == LEVEL_MIXED
  csr_write(CSR_FBFMT, fb_format(types));
#else
  (void)types;
#endif
}

FB_INLINE void fb_block(struct fb_types types, uint32_t pixels, const struct fb_operands* o,
                        int32_t* s) {
#if FREEBITS_LEVEL == LEVEL_MIXED
  const uint32_t slices = types.in_bits > types.w_bits ? types.in_bits / types.w_bits : 1;
  const uint32_t reuse = types.w_bits > types.in_bits ? types.w_bits / types.in_bits : 1;
  csr_write(CSR_FBSKIP, 4 * pixels);
#else
  const uint32_t slices = 1, reuse = 1;
#endif
  const uint32_t bits = fb_dot_bits(FREEBITS_LEVEL, types.in_bits, types.w_bits), n = o->steps;
  const int32_t st = o->pixel_stride, rb = 4 - (int32_t)(pixels - 1) * st;
  const uint8_t* row = o->a;
  const uint32_t* pw = o->w;
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < pixels * 4; ++i) s[i] = 0;
  for (uint32_t rows = o->rows; rows != 0; --rows, row += o->row_stride) {
    const uint8_t* pa = row;
    uint32_t w0, w1, w2, w3, a0, a1;
    FB_ROW(8, "cv.sdotsp.b", "cv.sdotusp.b");
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
    FB_ROW(4, "fb.sdotsp.n", "fb.sdotusp.n");
    FB_ROW(2, "fb.sdotsp.c", "fb.sdotusp.c");
#endif
#if FREEBITS_LEVEL == LEVEL_MIXED
    FB_ROW(0, "fb.sdotsp.m", "fb.sdotusp.m");
#endif
  }
}

#undef FB_ROW
#undef FB_ROW_1
#undef FB_ROW_2
#undef FB_ROW_4
