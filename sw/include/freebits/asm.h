// SPDX-License-Identifier: Apache-2.0
// Assembler macros for the instructions clang-19 has no mnemonic for: hardware loops and the
// freebits extensions (rtl/README.md). From a .S file: #include "freebits/asm.h". C gets the same
// macros from freebits/intrinsics.h. Assemble with -mno-relax: the distance to a loop's end must be
// final.
#pragma once
// clang-format off

// Register numbers by name, for words put together here.
.irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
.set .Lfb_x\i, \i
.endr
.irp i, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
.set .Lfb_x\i, \i
.endr
.macro fb.number_registers first, names:vararg
  .set .Lfb_next, \first
  .irp name, \names
    .set .Lfb_\name, .Lfb_next
    .set .Lfb_next, .Lfb_next + 1
  .endr
.endm
fb.number_registers 0, zero, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7
fb.number_registers 18, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
.set .Lfb_fp, 8

// ---- Hardware loops: loop 0 or 1 (0 ends first when both end together). `label` is the address
// behind the body, a multiple of 4: keep compressed instructions out (.option norvc) or align it.
// The macro aligns itself. A conditional branch in the body, which clang might lengthen, hides the
// distance from it ("expected relocatable expression"): write it as cv.beqimm or .insn b, or set
// the loop with la and cv.start, cv.end.
.macro fb.align_code
  .option push
  .option rvc  // padding of 2 bytes is c.nop; without it zeros, which trap
  .balign 4
  .option pop
.endm
.macro fb.loop op, loop, rs1, immediate
  .word 0x402b | (\op << 8) | (\loop << 7) | (\rs1 << 15) | (\immediate)
.endm
.macro cv.starti loop, label
  fb.align_code
  fb.loop 0, \loop, 0, (\label - .) << 18
.endm
.macro cv.start loop, rs1
  fb.loop 1, \loop, .Lfb_\rs1, 0
.endm
.macro cv.endi loop, label
  fb.align_code
  fb.loop 2, \loop, 0, (\label - .) << 18
.endm
.macro cv.end loop, rs1
  fb.loop 3, \loop, .Lfb_\rs1, 0
.endm
.macro cv.counti loop, count
  fb.loop 4, \loop, 0, (\count) << 20
.endm
.macro cv.count loop, rs1
  fb.loop 5, \loop, .Lfb_\rs1, 0
.endm
// Body of at most 31 words, count of at most 4095.
.macro cv.setupi loop, count, label
  fb.align_code
  fb.loop 6, \loop, 0, ((\count) << 20) | ((\label - .) << 13)
.endm
// Body of at most 4095 words.
.macro cv.setup loop, rs1, label
  fb.align_code
  fb.loop 7, \loop, .Lfb_\rs1, (\label - .) << 18
.endm

// ---- xpulpnn: fb.<name>[.sc].{n,c} rd, rs1, rs2
.macro fb.define_lanes name, funct5
  .macro fb.\name\().n rd, rs1, rs2
    .insn r 0x7b, 2, \funct5 << 2, \rd, \rs1, \rs2
  .endm
  .macro fb.\name\().sc.n rd, rs1, rs2
    .insn r 0x7b, 2, (\funct5 << 2) | 1, \rd, \rs1, \rs2
  .endm
  .macro fb.\name\().c rd, rs1, rs2
    .insn r 0x7b, 3, \funct5 << 2, \rd, \rs1, \rs2
  .endm
  .macro fb.\name\().sc.c rd, rs1, rs2
    .insn r 0x7b, 3, (\funct5 << 2) | 1, \rd, \rs1, \rs2
  .endm
.endm
fb.define_lanes add, 0b00000
fb.define_lanes sub, 0b00001
fb.define_lanes avg, 0b00010
fb.define_lanes avgu, 0b00011
fb.define_lanes min, 0b00100
fb.define_lanes minu, 0b00101
fb.define_lanes max, 0b00110
fb.define_lanes maxu, 0b00111
fb.define_lanes srl, 0b01000
fb.define_lanes sra, 0b01001
fb.define_lanes sll, 0b01010
fb.define_lanes dotup, 0b10000
fb.define_lanes dotusp, 0b10001
fb.define_lanes dotsp, 0b10010
fb.define_lanes sdotup, 0b10011
fb.define_lanes sdotusp, 0b10100
fb.define_lanes sdotsp, 0b10101
.macro fb.abs.n rd, rs1
  .insn r 0x7b, 2, 0b01110 << 2, \rd, \rs1, x0
.endm
.macro fb.abs.c rd, rs1
  .insn r 0x7b, 3, 0b01110 << 2, \rd, \rs1, x0
.endm

// ---- xpulpnn: requantization, fb.scale rd, rs1, rs2 and fb.qnt rd, rs1, rs2, lane
.macro fb.scale rd, rs1, rs2
  .insn r 0x7b, 2, 0b0000010, \rd, \rs1, \rs2
.endm
.macro fb.qnt rd, rs1, rs2, lane
  .insn r 0x7b, 3, ((\lane) << 2) | 2, \rd, \rs1, \rs2
.endm

// ---- mixed: fb.<name>.m rd, rs1 (activations), rs2 (weights)
.macro fb.define_mixed name, funct5
  .macro fb.\name\().m rd, rs1, rs2
    .insn r 0x7b, 2, (\funct5 << 2) | 2, \rd, \rs1, \rs2
  .endm
.endm
fb.define_mixed dotup, 0b10000
fb.define_mixed dotusp, 0b10001
fb.define_mixed dotsp, 0b10010
fb.define_mixed sdotup, 0b10011
fb.define_mixed sdotusp, 0b10100
fb.define_mixed sdotsp, 0b10101

// ---- flexv: fb.ml<name> rd, a, w, ld: rd = [rd +] dot(fba<a>, fbw<w>), then load register ld (0-3
// fbw, 4-5 fba, 7 none)
.macro fb.macload funct5, rd, a, w, ld
  .word 0x0400307b | (\funct5 << 27) | ((\ld) << 20) | ((\w) << 16) | ((\a) << 15) | (.Lfb_\rd << 7)
.endm
.macro fb.mldotup rd, a, w, ld
  fb.macload 0b10000, \rd, \a, \w, \ld
.endm
.macro fb.mldotusp rd, a, w, ld
  fb.macload 0b10001, \rd, \a, \w, \ld
.endm
.macro fb.mldotsp rd, a, w, ld
  fb.macload 0b10010, \rd, \a, \w, \ld
.endm
.macro fb.mlsdotup rd, a, w, ld
  fb.macload 0b10011, \rd, \a, \w, \ld
.endm
.macro fb.mlsdotusp rd, a, w, ld
  fb.macload 0b10100, \rd, \a, \w, \ld
.endm
.macro fb.mlsdotsp rd, a, w, ld
  fb.macload 0b10101, \rd, \a, \w, \ld
.endm
