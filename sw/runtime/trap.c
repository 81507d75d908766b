// SPDX-License-Identifier: Apache-2.0
#include "freebits/trap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "freebits/csr.h"
#include "freebits/isa_numbers.h"

_Static_assert(sizeof(struct fb_trap_frame) == 144, "crt0.S saves registers at these offsets");

static fb_trap_handler installed;

static const char* cause_name(uint32_t cause) {
  switch (cause) {
    case CAUSE_INSNFAULT:
      return "instruction access fault";
    case CAUSE_ILLEGAL:
      return "illegal instruction";
    case CAUSE_BREAKPOINT:
      return "breakpoint";
    case CAUSE_LOADFAULT:
      return "load access fault";
    case CAUSE_STOREFAULT:
      return "store access fault";
    case CAUSE_ECALL:
      return "environment call";
    default:
      return (int32_t)cause < 0 ? "interrupt" : "unknown cause";
  }
}

// The stack of a program for one core lies at the start of RAM: below is nothing.
extern char __stack_guard[] __attribute__((weak));
__attribute__((weak)) bool fb_stack_overflowed(uint32_t sp) {
  return __stack_guard != NULL && sp < (uintptr_t)__stack_guard;
}

static void report(const struct fb_trap_frame* frame) {
  if (fb_stack_overflowed(frame->x[1])) {
    printf("stack overflow on core %u: sp 0x%08x at pc 0x%08x\n", csr_read(CSR_MHARTID),
           frame->x[1], frame->pc);
    exit(133);
  }
  printf("trap: %s (mcause 0x%x) at pc 0x%08x, mtval 0x%08x, sp 0x%08x, ra 0x%08x, core %u\n",
         cause_name(frame->cause), frame->cause, frame->pc, frame->value, frame->x[1], frame->x[0],
         csr_read(CSR_MHARTID));
  exit(128 + (int)(frame->cause & 31));
}

// Called by crt0.S.
void fb_trap(struct fb_trap_frame* frame) {
  if (installed) {
    installed(frame);
  } else {
    report(frame);
  }
}

fb_trap_handler fb_set_trap_handler(fb_trap_handler handler) {
  fb_trap_handler before = installed;
  installed = handler;
  return before;
}
