// SPDX-License-Identifier: Apache-2.0
// The inner loops of matmul at each ISA level: 2 rows of activations x 4 columns of weights, one
// word deep a step.
//   void block_…(const struct matmul_block* block)   (matmul.h)
#include "freebits/asm.h"
#include "freebits/isa_numbers.h"

#if FREEBITS_LEVEL >= 1
  .section .text.matmul_blocks, "ax", @progbits
  .option norvc

// a0, a6: activation rows; a2, s0, s1, s2: weight rows; s3, s4, s5 … s7, a1: words of them; t0 …
// t6, a7: sums; a3: steps
.macro block_begin name
  .balign 4
  .globl \name
  .type \name, @function
\name:
  addi sp, sp, -32
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  sw s\i, 4*\i(sp)
  .endr
  lw a4, 8(a0)
  lw a5, 20(a0)
  lw a3, 24(a0)
  lw t0, 12(a0)
  lw a1, 16(a0)
  lw a2, 4(a0)
  lw a0, 0(a0)
  add a6, a0, t0
  add s0, a2, a1
  add s1, s0, a1
  add s2, s1, a1
  .irp sum, t0, t1, t2, t3, t4, t5, t6, a7
  li \sum, 0
  .endr
.endm

.macro block_end name
  sw t0, 0(a4)
  sw t1, 4(a4)
  sw t2, 8(a4)
  sw t3, 12(a4)
  add a4, a4, a5
  sw t4, 0(a4)
  sw t5, 4(a4)
  sw t6, 8(a4)
  sw a7, 12(a4)
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  lw s\i, 4*\i(sp)
  .endr
  addi sp, sp, 32
  ret
  .size \name, . - \name
.endm

.macro load_weights
  cv.lw s5, (a2), 4
  cv.lw s6, (s0), 4
  cv.lw s7, (s1), 4
  cv.lw a1, (s2), 4
.endm

.macro load_activations
  cv.lw s3, (a0), 4
  cv.lw s4, (a6), 4
.endm

.macro dots dot
  \dot t0, s3, s5
  \dot t1, s3, s6
  \dot t2, s3, s7
  \dot t3, s3, a1
  \dot t4, s4, s5
  \dot t5, s4, s6
  \dot t6, s4, s7
  \dot a7, s4, a1
.endm

// Equal widths, 14 instructions a step: 32 MACs at 8 bits, 64 at 4, 128 at 2.
.macro block_uniform name, dot
  block_begin \name
  cv.setup 0, a3, 1f
  load_weights
  load_activations
  dots \dot
1:
  block_end \name
.endm

block_uniform block_s8, cv.sdotsp.b
block_uniform block_u8, cv.sdotusp.b

#if FREEBITS_LEVEL >= 2
block_uniform block_u4, fb.sdotusp.n
block_uniform block_u2, fb.sdotusp.c
#endif

#if FREEBITS_LEVEL >= 3
// Weights `ratio` times narrower, 4 + 10·ratio instructions a word of weights: 24 for 64 MACs of
// 8x4, 44 for 128 of 8x2.
.macro block_mixed name, ratio
  block_begin \name
  csrw CSR_FBSLICE, zero
  cv.setup 0, a3, 1f
  load_weights
  .rept \ratio
  load_activations
  dots fb.sdotusp.m
  .endr
1:
  block_end \name
.endm

block_mixed block_u8s4_mixed, 2
block_mixed block_u8s2_mixed, 4
block_mixed block_u4s2_mixed, 2
#endif

#if FREEBITS_LEVEL >= 4
// Mac&Load, 8 instructions for 8 dot products; every operand register is reloaded right after its
// last use. `last`: these are the last activations of the present weights. The streams run one word
// past the end of a row; what they fetch there is not used.
.macro flexv_dots last
  fb.mlsdotusp t0, 0, 0, 5
  fb.mlsdotusp t1, 0, 1, 7
  fb.mlsdotusp t2, 0, 2, 7
  fb.mlsdotusp t3, 0, 3, 4
  .if \last
  fb.mlsdotusp t4, 1, 0, 0
  fb.mlsdotusp t5, 1, 1, 1
  fb.mlsdotusp t6, 1, 2, 2
  fb.mlsdotusp a7, 1, 3, 3
  .else
  fb.mlsdotusp t4, 1, 0, 7
  fb.mlsdotusp t5, 1, 1, 7
  fb.mlsdotusp t6, 1, 2, 7
  fb.mlsdotusp a7, 1, 3, 7
  .endif
.endm

// Activations: row 0, row 1, row 0 one word on …; weights: rows 0 … 3, then row 0 one word on.
.macro block_flexv name, ratio
  block_begin \name
  sub s3, a6, a0
  sub s4, s0, a2
  csrw CSR_FBAADDR, a0
  csrw CSR_FBASTRIDE, s3
  neg s3, s3
  addi s3, s3, 4
  csrw CSR_FBAROLLBACK, s3
  csrwi CSR_FBASKIP, 2
  csrw CSR_FBWADDR, a2
  csrw CSR_FBWSTRIDE, s4
  sub s3, a2, s2
  addi s3, s3, 4
  csrw CSR_FBWROLLBACK, s3
  csrwi CSR_FBWSKIP, 4
  csrw CSR_FBSLICE, zero
  .irp register, 4, 0, 1, 2, 3
  fb.mlsdotup zero, 0, 0, \register
  .endr
  cv.setup 0, a3, 1f
  .rept \ratio - 1
  flexv_dots 0
  .endr
  flexv_dots 1
1:
  block_end \name
.endm

block_flexv block_flexv_1, 1
block_flexv block_flexv_2, 2
block_flexv block_flexv_4, 4
#endif
#endif
