// SPDX-License-Identifier: Apache-2.0
// A program in the manner of riscv-tests, without the runtime's console: own entry point, tohost in
// a section of its own, the result (test number << 1 | 1, 1 = pass) stored as one word from the
// trap handler after an ecall.
  .section .text.init, "ax", @progbits
  .globl _start
_start:
  la t0, trap_vector
  csrw mtvec, t0
  li gp, 2
  li a0, 20
  addi a0, a0, 22
  li t1, 42
  bne a0, t1, fail
  li gp, 1
  ecall
fail:
  slli gp, gp, 1
  ori gp, gp, 1
  ecall
  .balign 4
trap_vector:
  csrr t2, mcause
  li t1, 11
  bne t2, t1, 1f
  j write_tohost
1:
  ori gp, gp, 1337
write_tohost:
  sw gp, tohost, t2
  j write_tohost

  .section .tohost, "aw", @progbits
  .balign 64
  .globl tohost
tohost:
  .dword 0
  .balign 64
  .globl fromhost
fromhost:
  .dword 0
