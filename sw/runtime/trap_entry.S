// SPDX-License-Identifier: Apache-2.0
// Trap entry, mtvec of every core.
#include "freebits/isa_numbers.h"

// A load or a store of every register but zero and sp at its place in the frame.
.macro for_each_saved_register instruction
  .irp i, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  \instruction x\i, 4*\i(sp)
  .endr
  .irp i, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  \instruction x\i, 4*\i(sp)
  .endr
.endm

  .section .text.trap_entry, "ax", @progbits
  .globl trap_entry
// Saves the registers as a struct fb_trap_frame on the trap stack (mscratch) and calls
// fb_trap(frame). While a trap is being handled mscratch is 0; a trap that finds it 0 has hit the
// handler itself: exit code 255, without a stack.
  .balign 4
  .type trap_entry, @function
trap_entry:
  csrrw sp, CSR_MSCRATCH, sp
  beqz sp, nested
  addi sp, sp, -144
  for_each_saved_register sw
  csrrw t0, CSR_MSCRATCH, zero
  sw t0, 4*2(sp)
  csrr t0, CSR_MEPC
  sw t0, 4*0(sp)
  csrr t0, CSR_MCAUSE
  sw t0, 4*32(sp)
  csrr t0, CSR_MTVAL
  sw t0, 4*33(sp)
  mv a0, sp
  call fb_trap

  lw t0, 4*0(sp)
  csrw CSR_MEPC, t0
  addi t0, sp, 144
  csrw CSR_MSCRATCH, t0
  for_each_saved_register lw
  lw sp, 4*2(sp)
  mret

nested:
  la t0, tohost
  li t1, (255 << 1) | 1
  sw t1, 0(t0)
  sw zero, 4(t0)
  j nested
  .size trap_entry, . - trap_entry
