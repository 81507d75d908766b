// SPDX-License-Identifier: Apache-2.0
// Reset of a program for one core. On a cluster the other cores sleep for ever.
#include "freebits/isa_numbers.h"

  .section .text.init, "ax", @progbits
  .globl _start
  .type _start, @function
_start:
  csrr t0, CSR_MHARTID
  bnez t0, park
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, __stack_top
  la t0, trap_entry
  csrw CSR_MTVEC, t0
  la t0, __trap_stack_top
  csrw CSR_MSCRATCH, t0

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
park:
  wfi
  j park
  .size _start, . - _start
