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

// Blocks. The first step of the first row begins the sums; the others' loop and that of their steps
// end at the same place. `t` counts the first row's steps, is the row's address and a factor in
// turn.
#define FB_BLOCKS(PIXELS, FIRST, DOT) \
  __asm__ volatile(                                                                                \
      FB_AT_MOST(2048) ".option push\n.option norvc\nfb.align_code\n3:\n"                                                              \
      "csrw %[address], %[a]\ncsrwi %[skip], " #PIXELS "\nfb.mlsdotup zero, 0, 0, 4\n"           \
      "addi %[t], %[n], -1\n" FB_STEP(PIXELS, FIRST, DOT)                                          \
      "beqz %[t], 1f\ncv.setup 0, %[t], 1f\n" FB_STEP(PIXELS, DOT, DOT)                            \
      "1:\nbeqz %[rows], 2f\nmv %[t], %[a]\ncv.setup 1, %[rows], 2f\n"                           \
      "add %[t], %[t], %[row_step]\n"                                                                \
      "csrw %[address], %[t]\ncsrwi %[skip], " #PIXELS "\nfb.mlsdotup zero, 0, 0, 4\n"             \
      "cv.setup 0, %[n], 2f\n" FB_STEP(PIXELS, DOT, DOT) "2:\nfbk.requant" #PIXELS               \
      " %[channel], %[bits], %[sign], %[t], %[add], zero, zero, " FB_SUMS_##PIXELS                 \
      "\nfbk.store" #PIXELS " %[bits], %[to], %[pixel], %[back], " FB_SUMS_##PIXELS "\n"           \
      "bne %[channel], %[end], 3b\n.option pop\n"                                                                              \
      : FB_OUT_##PIXELS("=&r"), [t] "=&r"(t), [add] "=&r"(add), [channel] "+r"(out->channel),      \
        [to] "+r"(out->to)                                                                         \
      : [n] "r"(o->steps), [rows] "r"(o->more_rows), [a] "r"(o->a), [row_step] "r"(o->row_step),   \
        [pixel] "r"(out->pixel), [back] "r"(out->back), [end] "r"(out->end), [bits] "i"(types.out_bits),                \
        [sign] "i"(types.out_signed), [slices] "i"(slices), [reuse] "i"(reuse),                    \
        [address] "i"(CSR_FBAADDR), [skip] "i"(CSR_FBASKIP)                                        \
      : "memory")
// The same of one kernel row of several steps, as every pointwise layer has it: hardware loop 1
// goes over the blocks.
#define FB_ONE_ROW_BLOCKS(PIXELS, FIRST, DOT) \
  __asm__ volatile(                                                                           \
      FB_AT_MOST(1024) ".option push\n.option norvc\n"                                                         \
      "cv.starti 0, 1f\ncv.endi 0, 2f\ncv.setup 1, %[blocks], 3f\n"                           \
      "csrw %[address], %[a]\ncsrwi %[skip], " #PIXELS                                        \
      "\nfb.mlsdotup zero, 0, 0, 4\n"                                                         \
      "cv.count 0, %[n]\n" FB_STEP(PIXELS, FIRST, DOT) "1:\n" FB_STEP(                        \
          PIXELS, DOT,                                                                        \
          DOT) "2:\nfbk.requant" #PIXELS                                                      \
               " %[channel], %[bits], %[sign], %[t], %[add], zero, zero, " FB_SUMS_##PIXELS   \
      "\nfbk.store" #PIXELS " %[bits], %[to], %[pixel], %[back], " FB_SUMS_##PIXELS           \
      "\n3:\n.option pop\n"                                                                   \
      : FB_OUT_##PIXELS("=&r"), [t] "=&r"(t), [add] "=&r"(add), [channel] "+r"(out->channel), \
        [to] "+r"(out->to)                                                                    \
      : [n] "r"(o->steps - 1), [a] "r"(o->a), [blocks] "r"((uint32_t)(out->end - out->channel) / 4),              \
        [pixel] "r"(out->pixel), [back] "r"(out->back), [bits] "i"(types.out_bits),           \
        [sign] "i"(types.out_signed), [slices] "i"(slices), [reuse] "i"(reuse),               \
        [address] "i"(CSR_FBAADDR), [skip] "i"(CSR_FBASKIP)                                   \
      : "memory")

// An asm statement, given the names of its instructions.
#define FB_DOTS(STATEMENT)                      \
  do {                                          \
    if (types.in_signed)                        \
      STATEMENT("fb.mldotsp", "fb.mlsdotsp");   \
    else                                        \
      STATEMENT("fb.mldotusp", "fb.mlsdotusp"); \
  } while (0)

FB_INLINE void fb_block_begin(struct fb_types types) {
  csr_write(CSR_FBFMT, fb_format(types));
  csr_write(CSR_FBWSTRIDE, 4);
  csr_write(CSR_FBWSKIP, 0);
}

FB_INLINE void fb_begin_weights(struct fb_operands* o, const uint32_t* w) {
  (void)o;
  csr_write(CSR_FBWADDR, (uintptr_t)w);
  fb_load_operand(kFbLoadW0);
  fb_load_operand(kFbLoadW1);
  fb_load_operand(kFbLoadW2);
  fb_load_operand(kFbLoadW3);
}

FB_INLINE void fb_units_begin(struct fb_types types, uint32_t pixels, struct fb_operands* o) {
  (void)types;
  csr_write(CSR_FBASTRIDE, o->pixel_stride);
  csr_write(CSR_FBAROLLBACK, 4 - (int32_t)(pixels - 1) * o->pixel_stride);
  csr_write(CSR_FBSKIP, 4 * pixels);
}

/// The first four have been fetched already.
FB_INLINE void fb_skip_weights(struct fb_operands* o, uint32_t words) {
  if (words != 0) fb_begin_weights(o, (const uint32_t*)csr_read(CSR_FBWADDR) + (int32_t)words - 4);
}

FB_INLINE void fb_one_row_blocks(struct fb_types types, uint32_t pixels,
                                 const struct fb_operands* o, struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  uint32_t t, add, s[16];
  FB_DOTS(FB_ONE_ROW);
}

FB_INLINE void fb_blocks(struct fb_types types, uint32_t pixels, const struct fb_operands* o,
                         struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  uint32_t t, add, s[16];
  FB_DOTS(FB_PIXELS);
}

#undef FB_DOTS
#undef FB_BLOCKS
#undef FB_ONE_ROW_BLOCKS
#undef FB_STEP
