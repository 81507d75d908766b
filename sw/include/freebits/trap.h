// SPDX-License-Identifier: Apache-2.0
// Traps of a bare-metal program: by default each is reported on the console and ends the program
// with 128 + cause.
#pragma once

#include <stdint.h>

/// The interrupted state. A handler may change it: execution goes on at `pc` with these registers.
struct fb_trap_frame {
  uint32_t pc;     // x0's place
  uint32_t x[31];  // x1 … x31
  uint32_t cause;  // mcause
  uint32_t value;  // mtval
  uint32_t unused[2];
};

typedef void (*fb_trap_handler)(struct fb_trap_frame* frame);

/// Installs `handler` (null: the reporting one) and returns the one before.
fb_trap_handler fb_set_trap_handler(fb_trap_handler handler);

/// Bytes of the instruction at `pc`: 2 or 4.
static inline uint32_t fb_insn_length(uint32_t pc) {
  return (*(const uint16_t*)(uintptr_t)pc & 3) == 3 ? 4 : 2;
}
