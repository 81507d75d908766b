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

// A step: `slices` words of activations against one of weights, or one of activations against
// `reuse` of weights; the first part's dot products may be of another kind (`first`: without the
// old sum). The load field: 0 … 3 weights, 4, 5 activations of even and odd pixels, 7 none.
__asm__(
    ".macro fbk.ml4 dot, a, load0, load1, load2, load3, s0, s1, s2, s3\n"
    "  \\dot \\s0, \\a, 0, \\load0\n  \\dot \\s1, \\a, 1, \\load1\n"
    "  \\dot \\s2, \\a, 2, \\load2\n  \\dot \\s3, \\a, 3, \\load3\n"
    ".endm\n"
    // The last pixel's instructions load the next weights where those are due.
    ".macro fbk.last dot, a, weights, sums:vararg\n"
    "  .if \\weights\n  fbk.ml4 \\dot, \\a, 0, 1, 2, 3, \\sums\n"
    "  .else\n  fbk.ml4 \\dot, \\a, 7, 7, 7, 7, \\sums\n  .endif\n"
    ".endm\n"
    ".macro fbk.slice4 dot, weights, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, last:vararg\n"
    "  fbk.ml4 \\dot, 0, 5, 7, 7, 4, \\s0, \\s1, \\s2, \\s3\n"
    "  fbk.ml4 \\dot, 1, 7, 7, 7, 5, \\s4, \\s5, \\s6, \\s7\n"
    "  fbk.ml4 \\dot, 0, 7, 7, 7, 4, \\s8, \\s9, \\sa, \\sb\n"
    "  fbk.last \\dot, 1, \\weights, \\last\n"
    ".endm\n"
    ".macro fbk.step4 first, dot, slices, reuse, sums:vararg\n"
    "  fbk.slice4 \\first, (\\slices == 1), \\sums\n"
    "  .set .Lfb_part, 2\n"
    "  .rept \\slices - 1\n"
    "  fbk.slice4 \\dot, (.Lfb_part == \\slices), \\sums\n"
    "  .set .Lfb_part, .Lfb_part + 1\n"
    "  .endr\n"
    ".endm\n"
    ".macro fbk.part2 dot, part, slices, reuse, s0, s1, s2, s3, last:vararg\n"
    "  .if \\reuse == 1\n  fbk.ml4 \\dot, 0, 5, 7, 7, 4, \\s0, \\s1, \\s2, \\s3\n"
    "  .elseif \\part == 1\n  fbk.ml4 \\dot, 0, 5, 7, 7, 7, \\s0, \\s1, \\s2, \\s3\n"
    "  .elseif \\part == \\reuse\n  fbk.ml4 \\dot, 0, 7, 7, 7, 4, \\s0, \\s1, \\s2, \\s3\n"
    "  .else\n  fbk.ml4 \\dot, 0, 7, 7, 7, 7, \\s0, \\s1, \\s2, \\s3\n  .endif\n"
    "  fbk.last \\dot, 1, (\\reuse > 1 || \\part == \\slices), \\last\n"
    ".endm\n"
    ".macro fbk.step2 first, dot, slices, reuse, sums:vararg\n"
    "  fbk.part2 \\first, 1, \\slices, \\reuse, \\sums\n"
    "  .set .Lfb_part, 2\n"
    "  .rept \\slices * \\reuse - 1\n"
    "  fbk.part2 \\dot, .Lfb_part, \\slices, \\reuse, \\sums\n"
    "  .set .Lfb_part, .Lfb_part + 1\n"
    "  .endr\n"
    ".endm\n"
    // One pixel has more loads than dot products.
    ".macro fbk.part1 dot, part, slices, reuse, sums:vararg\n"
    "  .if \\reuse > 1 || \\part == \\slices\n  fbk.ml4 \\dot, 0, 0, 1, 2, 3, \\sums\n"
    "  .if \\reuse == 1 || \\part == \\reuse\n  fb.mlsdotup zero, 0, 0, 4\n  .endif\n"
    "  .else\n  fbk.ml4 \\dot, 0, 7, 7, 7, 4, \\sums\n  .endif\n"
    ".endm\n"
    ".macro fbk.step1 first, dot, slices, reuse, sums:vararg\n"
    "  fbk.part1 \\first, 1, \\slices, \\reuse, \\sums\n"
    "  .set .Lfb_part, 2\n"
    "  .rept \\slices * \\reuse - 1\n"
    "  fbk.part1 \\dot, .Lfb_part, \\slices, \\reuse, \\sums\n"
    "  .set .Lfb_part, .Lfb_part + 1\n"
    "  .endr\n"
    ".endm\n");

#define FB_STEP(PIXELS, FIRST, DOT) \
  "fbk.step" #PIXELS " " FIRST ", " DOT ", %[slices], %[reuse], " FB_SUMS_##PIXELS "\n"

// A kernel row of n steps, added to the sums.
#define FB_ROW(PIXELS, DOT)                                                       \
  __asm__ volatile(".option push\n.option norvc\ncv.setup 0, %[n], 1f\n" FB_STEP( \
                       PIXELS, DOT, DOT) "1:\n.option pop\n"                      \
                   : FB_OUT_##PIXELS("+r")                                        \
                   : [n] "r"(n), [slices] "i"(slices), [reuse] "i"(reuse)         \
                   : "memory")
// The first row: its first part begins the sums.
#define FB_FIRST_ROW(PIXELS, FIRST, DOT)                                                \
  __asm__ volatile(                                                                     \
      ".option push\n.option norvc\n" FB_STEP(                                          \
          PIXELS, FIRST,                                                                \
          DOT) "beqz %[n], 1f\ncv.setup 0, %[n], 1f\n" FB_STEP(PIXELS, DOT,             \
                                                               DOT) "1:\n.option pop\n" \
      : FB_OUT_##PIXELS("=&r")                                                          \
      : [n] "r"(n - 1), [slices] "i"(slices), [reuse] "i"(reuse)                        \
      : "memory")
#define FB_PIXELS(ROW, ...)               \
  do {                                    \
    if (pixels == 4) ROW(4, __VA_ARGS__); \
    if (pixels == 2) ROW(2, __VA_ARGS__); \
    if (pixels == 1) ROW(1, __VA_ARGS__); \
  } while (0)

FB_INLINE void fb_block_begin(struct fb_types types) {
  csr_write(CSR_FBFMT, fb_format(types));
  csr_write(CSR_FBWSTRIDE, 4);
  csr_write(CSR_FBWSKIP, 0);
}

FB_INLINE void fb_begin_weights(const uint32_t* w) {
  csr_write(CSR_FBWADDR, (uintptr_t)w);
  fb_load_operand(kFbLoadW0);
  fb_load_operand(kFbLoadW1);
  fb_load_operand(kFbLoadW2);
  fb_load_operand(kFbLoadW3);
}

FB_INLINE void fb_unit_begin(struct fb_types types, uint32_t pixels, const struct fb_operands* o) {
  (void)types;
  csr_write(CSR_FBASTRIDE, o->pixel_stride);
  csr_write(CSR_FBAROLLBACK, 4 - (int32_t)(pixels - 1) * o->pixel_stride);
  csr_write(CSR_FBSKIP, 4 * pixels);
  fb_begin_weights(o->w);
}

FB_INLINE void fb_next_weights(struct fb_operands* o, uint32_t words, int follow) {
  o->w += words;
  if (!follow) fb_begin_weights(o->w);  // or the last block has fetched the first ones already
}

/// The activations of a kernel row from its first word on.
FB_INLINE void fb_begin_row(uint32_t pixels, const uint8_t* row) {
  csr_write(CSR_FBAADDR, (uintptr_t)row);
  csr_write(CSR_FBASKIP, pixels);
  fb_load_operand(kFbLoadA0);
}

FB_INLINE void fb_block(struct fb_types types, uint32_t pixels, const struct fb_operands* o,
                        int32_t* s) {
  const uint32_t slices = types.in_bits > types.w_bits ? types.in_bits / types.w_bits : 1;
  const uint32_t reuse = types.w_bits > types.in_bits ? types.w_bits / types.in_bits : 1;
  const uint32_t n = o->steps;
  const uint8_t* row = o->a;
  fb_begin_row(pixels, row);
  if (types.in_signed)
    FB_PIXELS(FB_FIRST_ROW, "fb.mldotsp", "fb.mlsdotsp");
  else
    FB_PIXELS(FB_FIRST_ROW, "fb.mldotusp", "fb.mlsdotusp");
  for (uint32_t rows = o->rows - 1; rows != 0; --rows) {
    row += o->row_stride;
    fb_begin_row(pixels, row);
    if (types.in_signed)
      FB_PIXELS(FB_ROW, "fb.mlsdotsp");
    else
      FB_PIXELS(FB_ROW, "fb.mlsdotusp");
  }
}

#undef FB_PIXELS
#undef FB_FIRST_ROW
#undef FB_ROW
#undef FB_STEP
