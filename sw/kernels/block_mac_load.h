// SPDX-License-Identifier: Apache-2.0
// Level flexv: every instruction is a dot product of operand registers and, where one is due, the
// load of the next. Weights are one sequential stream; activations go from pixel to pixel, then a
// word on. Loads run one word of activations and four of weights ahead; what they fetch behind the
// last row is not used.
#pragma once

/// Narrower activations stay in their registers for all words of weights: there are two.
FB_INLINE uint32_t fb_block_pixels(struct fb_types types) {
  return types.in_bits < types.w_bits ? 2 : 4;
}

// The load field: 0 … 3 weights, 4, 5 activations of even and odd pixels, 7 none. The last pixel's
// instructions load the next weights where those are due.
__asm__(
    ".macro fbk.ml4 dot, a, load0, load1, load2, load3, s0, s1, s2, s3\n"
    "  \\dot \\s0, \\a, 0, \\load0\n  \\dot \\s1, \\a, 1, \\load1\n"
    "  \\dot \\s2, \\a, 2, \\load2\n  \\dot \\s3, \\a, 3, \\load3\n"
    ".endm\n"
    ".macro fbk.last dot, a, weights, sums:vararg\n"
    "  .if \\weights\n  fbk.ml4 \\dot, \\a, 0, 1, 2, 3, \\sums\n"
    "  .else\n  fbk.ml4 \\dot, \\a, 7, 7, 7, 7, \\sums\n  .endif\n"
    ".endm\n"
    // Of two: the words of activations are used `reuse` times.
    ".macro fbk.pixel0 dot, part, reuse, sums:vararg\n"
    "  .if \\reuse == 1\n  fbk.ml4 \\dot, 0, 5, 7, 7, 4, \\sums\n"
    "  .elseif \\part == 1\n  fbk.ml4 \\dot, 0, 5, 7, 7, 7, \\sums\n"
    "  .elseif \\part == \\reuse\n  fbk.ml4 \\dot, 0, 7, 7, 7, 4, \\sums\n"
    "  .else\n  fbk.ml4 \\dot, 0, 7, 7, 7, 7, \\sums\n  .endif\n"
    ".endm\n");

#define FB_LOOP_BEGIN ".option push\n.option norvc\ncv.setup 0, %[n], 1f\n"
#define FB_LOOP_END "1:\n.option pop\n"
#define FB_S0 "%[s0], %[s1], %[s2], %[s3]"
#define FB_S1 "%[s4], %[s5], %[s6], %[s7]"
#define FB_S2 "%[s8], %[s9], %[sa], %[sb]"
#define FB_S3 "%[sc], %[sd], %[se], %[sf]"

// `slices` words of activations against one of weights.
#define FB_ROW_4(DOT)                                                                       \
  __asm__ volatile(FB_LOOP_BEGIN                                                            \
                   ".set .Lfb_slice, 1\n"                                                   \
                   ".rept %[slices]\n"                                                      \
                   "fbk.ml4 " DOT ", 0, 5, 7, 7, 4, " FB_S0                                 \
                   "\n"                                                                     \
                   "fbk.ml4 " DOT ", 1, 7, 7, 7, 5, " FB_S1                                 \
                   "\n"                                                                     \
                   "fbk.ml4 " DOT ", 0, 7, 7, 7, 4, " FB_S2                                 \
                   "\n"                                                                     \
                   "fbk.last " DOT ", 1, (.Lfb_slice == %[slices]), " FB_S3                 \
                   "\n"                                                                     \
                   ".set .Lfb_slice, .Lfb_slice + 1\n"                                      \
                   ".endr\n" FB_LOOP_END                                                    \
                   : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]),    \
                     [s4] "+r"(s[4]), [s5] "+r"(s[5]), [s6] "+r"(s[6]), [s7] "+r"(s[7]),    \
                     [s8] "+r"(s[8]), [s9] "+r"(s[9]), [sa] "+r"(s[10]), [sb] "+r"(s[11]),  \
                     [sc] "+r"(s[12]), [sd] "+r"(s[13]), [se] "+r"(s[14]), [sf] "+r"(s[15]) \
                   : [n] "r"(n), [slices] "i"(slices)                                       \
                   : "memory")
// Two pixels: `slices` words of activations against one of weights, or `reuse` words of weights
// against one of activations.
#define FB_ROW_2(DOT)                                                                      \
  __asm__ volatile(FB_LOOP_BEGIN                                                           \
                   ".set .Lfb_part, 1\n"                                                   \
                   ".rept %[slices] * %[reuse]\n"                                          \
                   "fbk.pixel0 " DOT ", .Lfb_part, %[reuse], " FB_S0                       \
                   "\n"                                                                    \
                   "fbk.last " DOT ", 1, (%[reuse] > 1 || .Lfb_part == %[slices]), " FB_S1 \
                   "\n"                                                                    \
                   ".set .Lfb_part, .Lfb_part + 1\n"                                       \
                   ".endr\n" FB_LOOP_END                                                   \
                   : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]),   \
                     [s4] "+r"(s[4]), [s5] "+r"(s[5]), [s6] "+r"(s[6]), [s7] "+r"(s[7])    \
                   : [n] "r"(n), [slices] "i"(slices), [reuse] "i"(reuse)                  \
                   : "memory")
// One pixel has more loads than dot products.
#define FB_ROW_1(DOT)                                                                   \
  __asm__ volatile(FB_LOOP_BEGIN                                                        \
                   ".set .Lfb_part, 1\n"                                                \
                   ".rept %[slices] * %[reuse]\n"                                       \
                   ".if %[reuse] > 1 || .Lfb_part == %[slices]\n"                       \
                   "fbk.ml4 " DOT ", 0, 0, 1, 2, 3, " FB_S0                             \
                   "\n"                                                                 \
                   ".if %[reuse] == 1 || .Lfb_part == %[reuse]\n"                       \
                   "fb.mlsdotup zero, 0, 0, 4\n"                                        \
                   ".endif\n"                                                           \
                   ".else\n"                                                            \
                   "fbk.ml4 " DOT ", 0, 7, 7, 7, 4, " FB_S0                             \
                   "\n"                                                                 \
                   ".endif\n"                                                           \
                   ".set .Lfb_part, .Lfb_part + 1\n"                                    \
                   ".endr\n" FB_LOOP_END                                                \
                   : [s0] "+r"(s[0]), [s1] "+r"(s[1]), [s2] "+r"(s[2]), [s3] "+r"(s[3]) \
                   : [n] "r"(n), [slices] "i"(slices), [reuse] "i"(reuse)               \
                   : "memory")

#define FB_ROW(DOT)                 \
  do {                              \
    if (pixels == 4) FB_ROW_4(DOT); \
    if (pixels == 2) FB_ROW_2(DOT); \
    if (pixels == 1) FB_ROW_1(DOT); \
  } while (0)

FB_INLINE void fb_block_begin(struct fb_types types) {
  csr_write(CSR_FBFMT, fb_format(types));
  csr_write(CSR_FBWSTRIDE, 4);
  csr_write(CSR_FBWSKIP, 0);
}

FB_INLINE void fb_block(struct fb_types types, uint32_t pixels, const struct fb_operands* o,
                        int32_t* s) {
  const uint32_t slices = types.in_bits > types.w_bits ? types.in_bits / types.w_bits : 1;
  const uint32_t reuse = types.w_bits > types.in_bits ? types.w_bits / types.in_bits : 1;
  const uint32_t n = o->steps;
  const uint8_t* row = o->a;
  csr_write(CSR_FBASTRIDE, o->pixel_stride);
  csr_write(CSR_FBAROLLBACK, 4 - (int32_t)(pixels - 1) * o->pixel_stride);
  csr_write(CSR_FBSKIP, 4 * pixels);
  if (!o->weights_follow) {  // or the last call has fetched the first ones already
    csr_write(CSR_FBWADDR, (uintptr_t)o->w);
    fb_load_operand(kFbLoadW0);
    fb_load_operand(kFbLoadW1);
    fb_load_operand(kFbLoadW2);
    fb_load_operand(kFbLoadW3);
  }
#pragma clang loop unroll(full)
  for (uint32_t i = 0; i < pixels * 4; ++i) s[i] = 0;
  for (uint32_t rows = o->rows; rows != 0; --rows, row += o->row_stride) {
    csr_write(CSR_FBAADDR, (uintptr_t)row);
    csr_write(CSR_FBASKIP, pixels);
    fb_load_operand(kFbLoadA0);
    if (types.in_signed)
      FB_ROW("fb.mlsdotsp");
    else
      FB_ROW("fb.mlsdotusp");
  }
}

#undef FB_ROW
#undef FB_ROW_1
#undef FB_ROW_2
#undef FB_ROW_4
#undef FB_S0
#undef FB_S1
#undef FB_S2
#undef FB_S3
#undef FB_LOOP_BEGIN
#undef FB_LOOP_END
