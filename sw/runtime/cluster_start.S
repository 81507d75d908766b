// SPDX-License-Identifier: Apache-2.0
// Reset of a program for the cluster. Every core gets a stack at the end of L1 (core 0 the last
// STACK_SIZE bytes, core 1 those before …) and a trap stack in L2; core 0 runs main, the others
// wait for work (cluster.c).
#include "freebits/cluster_numbers.h"
#include "freebits/isa_numbers.h"

// cluster.ld compares its own numbers with these.
  .globl __hardware_l1_base, __hardware_l2_base, __hardware_l3_base
  .set __hardware_l1_base, FB_L1_BASE
  .set __hardware_l2_base, FB_L2_BASE
  .set __hardware_l3_base, FB_L3_BASE

  .section .text.init, "ax", @progbits
  .globl _start
  .type _start, @function
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  csrr s0, CSR_MHARTID
  la t0, trap_entry
  csrw CSR_MTVEC, t0
  la t0, __trap_stacks
  lui t1, %hi(TRAP_STACK_SIZE)
  addi t1, t1, %lo(TRAP_STACK_SIZE)
  addi t2, s0, 1
  mul t1, t1, t2
  add t0, t0, t1
  csrw CSR_MSCRATCH, t0

  li t0, FB_CONTROL_BASE
  lw t1, FB_CONTROL_L1_BYTES(t0)
  li t0, FB_L1_BASE
  add sp, t0, t1
  lui t0, %hi(STACK_SIZE)
  addi t0, t0, %lo(STACK_SIZE)
  mul t1, t0, s0
  sub sp, sp, t1
  sub a0, sp, t0
  call fb_guard_stack
  beqz s0, first
  call fb_work
first:
  la t0, __bss_start
  la t1, __bss_end
1:
  bgeu t0, t1, 2f
  sw zero, 0(t0)
  addi t0, t0, 4
  j 1b
2:
  li a0, 0
  li a1, 0
  call main
  call exit
  .size _start, . - _start
