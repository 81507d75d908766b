// SPDX-License-Identifier: Apache-2.0
// Cycles, instructions and the event counters (docs/isa.md).
#pragma once

#include "freebits/csr.h"

/// Numbers of the event counters, for fb_counter().
enum fb_event {
  kFbLoadStalls = 3,      // load-use stall cycles
  kFbJumpBubbles = 4,     // jump and branch bubble cycles
  kFbTakenBranches = 5,   // taken branches
  kFbInsnMisses = 6,      // instruction-miss cycles
  kFbContention = 7,      // cycles a data request waited for its grant
  kFbMemoryWait = 8,      // cycles a response was late
  kFbSleep = 9,           // cycles asleep
  kFbMemoryAccesses = 10  // loads and stores
};

/// Lower word of an event counter.
#define fb_counter(event) csr_read(CSR_MHPMCOUNTER(event))

// The upper word is read before and after: equal means no carry in between.
#define FB_READ_COUNTER64(low, high)   \
  ({                                   \
    uint32_t high_, low_;              \
    do {                               \
      high_ = csr_read(high);          \
      low_ = csr_read(low);            \
    } while (csr_read(high) != high_); \
    (uint64_t) high_ << 32 | low_;     \
  })

/// Clock cycles since reset.
static inline uint64_t fb_cycles(void) { return FB_READ_COUNTER64(CSR_MCYCLE, CSR_MCYCLEH); }

/// Instructions retired since reset.
static inline uint64_t fb_instructions(void) {
  return FB_READ_COUNTER64(CSR_MINSTRET, CSR_MINSTRETH);
}
