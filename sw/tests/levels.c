// SPDX-License-Identifier: Apache-2.0
// Built for one level and run at it: the first instruction and register of every higher level trap,
// those of its own do not.
#include "check.h"
#include "freebits/csr.h"
#include "freebits/trap.h"

static unsigned traps;

static void count(struct fb_trap_frame* frame) {
  ++traps;
  CHECK_EQUAL(frame->cause, CAUSE_ILLEGAL);
  frame->pc += 4;
}

// Destinations are zero, so that an instruction that exists does no harm.
#define CHECK_LEVEL(level, text)                  \
  do {                                            \
    traps = 0;                                    \
    __asm__ volatile(text ::: "memory");          \
    CHECK_EQUAL(traps, (level) > FREEBITS_LEVEL); \
  } while (0)

// The text of an instruction with the number of a register.
#define CSR_TEXT(before, number, after) CSR_TEXT_OF(before, number, after)
#define CSR_TEXT_OF(before, number, after) before #number after

int main(void) {
  fb_set_trap_handler(count);
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000007b");  // cv.add.h zero, zero, zero
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x5000302b");  // cv.abs
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000205b");  // cv.addn
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000442b");  // cv.counti 0, 0
  CHECK_LEVEL(LEVEL_XPULPV2, CSR_TEXT("csrr zero, ", CSR_LPSTART0, ""));
  CHECK_LEVEL(LEVEL_XPULPV2, CSR_TEXT("csrr zero, ", CSR_PRIVLV, ""));
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x0000207b");  // fb.add.n
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0xaa00307b");  // fb.sdotsp.sc.c
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x0400207b");  // fb.scale
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x7c00307b");  // fb.qnt zero, zero, zero, 15
  CHECK_LEVEL(LEVEL_XPULPNN, CSR_TEXT("csrr zero, ", CSR_FBQUANT, ""));
  CHECK_LEVEL(LEVEL_MIXED, ".word 0x8400207b");  // fb.dotup.m
  CHECK_LEVEL(LEVEL_MIXED, CSR_TEXT("csrw ", CSR_FBFMT, ", zero"));
  CHECK_LEVEL(LEVEL_MIXED, CSR_TEXT("csrr zero, ", CSR_FBSLICE, ""));
  CHECK_LEVEL(LEVEL_FLEXV, ".word 0x9c70307b");  // fb.mlsdotup zero, 0, 0, 7
  CHECK_LEVEL(LEVEL_FLEXV, CSR_TEXT("csrw ", CSR_FBAADDR, ", zero"));
  CHECK_LEVEL(LEVEL_FLEXV, CSR_TEXT("csrr zero, ", CSR_FBW3, ""));
  CHECK_LEVEL(LEVEL_FLEXV + 1, ".word 0x9c60307b");  // ld = 6 exists nowhere
  CHECK_LEVEL(LEVEL_FLEXV, ".word 0x8470307b");      // fb.mldotup zero, 0, 0, 7
  CHECK_LEVEL(LEVEL_FLEXV + 1, ".word 0x0c00207b");  // fb.sub.n with F = 1
  CHECK_LEVEL(LEVEL_FLEXV + 1, CSR_TEXT("csrr zero, ", CSR_FBA1, " + 1"));  // no such register
  return check_result();
}
