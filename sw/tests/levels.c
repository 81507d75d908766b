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

int main(void) {
  fb_set_trap_handler(count);
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000007b");  // cv.add.h zero, zero, zero
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x5000302b");  // cv.abs
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000205b");  // cv.addn
  CHECK_LEVEL(LEVEL_XPULPV2, ".word 0x0000442b");  // cv.counti 0, 0
  CHECK_LEVEL(LEVEL_XPULPV2, "csrr zero, 0xcc0");
  CHECK_LEVEL(LEVEL_XPULPV2, "csrr zero, 0xcd1");
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x0000207b");  // fb.add.n
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0xaa00307b");  // fb.sdotsp.sc.c
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x0400207b");  // fb.scale
  CHECK_LEVEL(LEVEL_XPULPNN, ".word 0x7c00307b");  // fb.qnt zero, zero, zero, 15
  CHECK_LEVEL(LEVEL_XPULPNN, "csrr zero, 0x7c3");
  CHECK_LEVEL(LEVEL_MIXED, ".word 0x8400207b");  // fb.dotup.m
  CHECK_LEVEL(LEVEL_MIXED, "csrw 0x7c0, zero");
  CHECK_LEVEL(LEVEL_MIXED, "csrr zero, 0x7c2");
  CHECK_LEVEL(LEVEL_FLEXV, ".word 0x9c70307b");  // fb.mlsdotup zero, 0, 0, 7
  CHECK_LEVEL(LEVEL_FLEXV, "csrw 0x7c4, zero");
  CHECK_LEVEL(LEVEL_FLEXV, "csrr zero, 0x7d3");
  CHECK_LEVEL(LEVEL_FLEXV + 1, ".word 0x9c60307b");  // ld = 6 exists nowhere
  CHECK_LEVEL(LEVEL_FLEXV, ".word 0x8470307b");      // fb.mldotup zero, 0, 0, 7
  CHECK_LEVEL(LEVEL_FLEXV + 1, ".word 0x0c00207b");  // fb.sub.n with F = 1
  CHECK_LEVEL(LEVEL_FLEXV + 1, "csrr zero, 0x7ce");
  return check_result();
}
