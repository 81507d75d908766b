// SPDX-License-Identifier: Apache-2.0
// Every macro of asm.h beside the text a disassembler must print for it;
// tests/sw/encodings_test.cpp compares them. Not run.
#include "freebits/asm.h"

  .option norvc
  .section .text.encodings, "ax", @progbits
  .balign 4
  .globl encodings_begin
encodings_begin:

// The instruction, and the same text.
.macro check instruction:vararg
  \instruction
  .pushsection .rodata.encodings, "a"
  .asciz "\instruction"
  .popsection
.endm
// The instruction, and another text (labels).
.macro check_as text, instruction:vararg
  \instruction
  .pushsection .rodata.encodings, "a"
  .asciz "\text"
  .popsection
.endm

  .pushsection .rodata.encodings, "a"
  .globl encodings_text
encodings_text:
  .popsection

  check_as "cv.starti 0, 0x3", cv.starti 0, 1f
  check_as "cv.endi 1, 0x2", cv.endi 1, 1f
  nop
  .pushsection .rodata.encodings, "a"
  .asciz "nop"
  .popsection
1:
  check cv.start 1, a5
  check cv.end 0, t6
  check cv.counti 1, 0xfff
  check cv.count 0, s11
  check_as "cv.setupi 1, 0x64, 0x2", cv.setupi 1, 100, 1f
  check_as "cv.setup 0, s0, 0x1", cv.setup 0, s0, 1f
1:

.macro check_lanes name
  check fb.\name\().n a0, a1, a2
  check fb.\name\().sc.n t6, s11, zero
  check fb.\name\().c zero, ra, t6
  check fb.\name\().sc.c s0, gp, a7
.endm
.irp name, add, sub, avg, avgu, min, minu, max, maxu, srl, sra, sll
  check_lanes \name
.endr
.irp name, dotup, dotusp, dotsp, sdotup, sdotusp, sdotsp
  check_lanes \name
.endr
  check fb.abs.n a0, t6
  check fb.abs.c t6, a0
  check fb.scale a0, t6, s1
  check fb.scale t5, zero, a7
  check fb.qnt a0, a1, a2, 0x0
  check fb.qnt t6, s11, zero, 0xf
  check fb.qnt zero, t0, gp, 0x6
.irp name, dotup, dotusp, dotsp, sdotup, sdotusp, sdotsp
  check fb.\name\().m a3, a4, t5
.endr
.irp name, mldotup, mldotusp, mldotsp, mlsdotup, mlsdotusp, mlsdotsp
  check fb.\name a0, 1, 3, 7
  check fb.\name t6, 0, 2, 0
  check fb.\name zero, 1, 0, 3
  check fb.\name s1, 0, 1, 5
.endr

  .globl encodings_end
encodings_end:
  .pushsection .rodata.encodings, "a"
  .globl encodings_text_end
encodings_text_end:
  .popsection

  .section .text.main, "ax", @progbits
  .globl main
main:
  la t0, encodings_begin  // keeps both sections in the program
  la t0, encodings_text
  li a0, 0
  ret
