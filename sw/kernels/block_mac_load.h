// SPDX-License-Identifier: Apache-2.0
// Level flexv: every instruction is a dot product of operand registers and, where one is due, the
// load of the next. The inner loops are asm/block_mac_load.S.
#pragma once

#include "kernels/asm/block_mac_load.h"

// The asm statements of asm/block_mac_load.S.
#define FB_BLOCKS_BYTES_4 1268  // bounds, see inline_asm.h
#define FB_BLOCKS_BYTES_2 1124
#define FB_BLOCKS_BYTES_1 1592
#define FB_ONE_ROW_BYTES_4 448
#define FB_ONE_ROW_BYTES_2 376
#define FB_BLOCKS_ASM(PIXELS, FIRST, DOT)                                                        \
  __asm__ volatile(                                                                              \
      FB_MORE_BYTES(FB_BLOCKS_BYTES_##PIXELS) FB_BLOCKS(                                         \
          #PIXELS, FB_STEP_##PIXELS, FB_REQUANTIZE_##PIXELS, FB_STORE_##PIXELS, FIRST, DOT)      \
      : FB_OUT_##PIXELS("=&r"), [t] "=&r"(t), [add] "=&r"(add), [channel] "+r"(out->channel),    \
        [to] "+r"(out->to)                                                                       \
      : [n] "r"(o->steps), [rows] "r"(o->more_rows), [a] "r"(o->a), [row_step] "r"(o->row_step), \
        [pixel] "r"(out->pixel), [back] "r"(out->back), [end] "r"(out->end),                     \
        [bits] "i"(types.out_bits), [sign] "i"(types.out_signed), [slices] "i"(slices),          \
        [reuse] "i"(reuse), [address] "i"(CSR_FBAADDR), [skip] "i"(CSR_FBASKIP)                  \
      : "memory")
#define FB_ONE_ROW_ASM(PIXELS, FIRST, DOT)                                                       \
  __asm__ volatile(FB_MORE_BYTES(FB_ONE_ROW_BYTES_##PIXELS)                                      \
                       FB_ONE_ROW_BLOCKS(#PIXELS, FB_STEP_##PIXELS, FB_REQUANTIZE_##PIXELS,      \
                                         FB_STORE_##PIXELS, FIRST, DOT)                          \
                   : FB_OUT_##PIXELS("=&r"), [t] "=&r"(t), [add] "=&r"(add),                     \
                     [channel] "+r"(out->channel), [to] "+r"(out->to)                            \
                   : [n] "r"(o->steps - 1), [a] "r"(o->a),                                       \
                     [blocks] "r"((uint32_t)(out->end - out->channel) / 4),                      \
                     [pixel] "r"(out->pixel), [back] "r"(out->back), [bits] "i"(types.out_bits), \
                     [sign] "i"(types.out_signed), [slices] "i"(slices), [reuse] "i"(reuse),     \
                     [address] "i"(CSR_FBAADDR), [skip] "i"(CSR_FBASKIP)                         \
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

FB_INLINE void fb_begin_weights(struct fb_block_operands* o, const uint32_t* w) {
  (void)o;
  csr_write(CSR_FBWADDR, (uintptr_t)w);
  fb_load_operand(kFbLoadW0);
  fb_load_operand(kFbLoadW1);
  fb_load_operand(kFbLoadW2);
  fb_load_operand(kFbLoadW3);
}

FB_INLINE void fb_units_begin(struct fb_types types, uint32_t pixels, struct fb_block_operands* o) {
  (void)types;
  csr_write(CSR_FBASTRIDE, o->pixel_stride);
  csr_write(CSR_FBAROLLBACK, 4 - (int32_t)(pixels - 1) * o->pixel_stride);
  csr_write(CSR_FBSKIP, 4 * pixels);
}

/// The first four have been fetched already.
FB_INLINE void fb_skip_weights(struct fb_block_operands* o, uint32_t words) {
  if (words != 0) fb_begin_weights(o, (const uint32_t*)csr_read(CSR_FBWADDR) + (int32_t)words - 4);
}

FB_INLINE void fb_one_row_blocks(struct fb_types types, uint32_t pixels,
                                 const struct fb_block_operands* o, struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  uint32_t t, add, s[16];
  FB_DOTS(FB_ONE_ROW);
}

FB_INLINE void fb_blocks(struct fb_types types, uint32_t pixels, const struct fb_block_operands* o,
                         struct fb_outputs* out) {
  const uint32_t slices = fb_slices(types), reuse = fb_reuse(types);
  uint32_t t, add, s[16];
  FB_DOTS(FB_PIXELS);
}

#undef FB_DOTS
#undef FB_BLOCKS_ASM
#undef FB_ONE_ROW_ASM
