// SPDX-License-Identifier: Apache-2.0
// Runs the linked benchmark once and prints where its cycles went.
#include <stdio.h>

#include "benchmark.h"
#include "freebits/counters.h"

struct sample {
  uint32_t cycles, instructions, load_stalls, bubbles, misses;
};

static inline struct sample sample(void) {
  struct sample s;
  s.load_stalls = fb_counter(kFbLoadStalls);
  s.bubbles = fb_counter(kFbJumpBubbles);
  s.misses = fb_counter(kFbInsnMisses);
  s.instructions = csr_read(CSR_MINSTRET);
  s.cycles = csr_read(CSR_MCYCLE);
  return s;
}

int main(void) {
  benchmark.prepare();
  const struct sample before = sample();
  const uint32_t result = benchmark.run();
  const struct sample after = sample();

  const uint32_t cycles = after.cycles - before.cycles;
  const uint32_t instructions = after.instructions - before.instructions;
  const uint32_t thousandths =
      (uint32_t)(((uint64_t)cycles * 1000 + instructions / 2) / instructions);
  printf(
      "%s: %u cycles, %u instructions, CPI %u.%03u; load stalls %u, branch and jump bubbles %u, "
      "instruction misses %u\n",
      benchmark.name, (unsigned)cycles, (unsigned)instructions, (unsigned)thousandths / 1000,
      (unsigned)thousandths % 1000, (unsigned)(after.load_stalls - before.load_stalls),
      (unsigned)(after.bubbles - before.bubbles), (unsigned)(after.misses - before.misses));
  if (result == benchmark.expected) return 0;
  printf("%s: result 0x%08x, expected 0x%08x\n", benchmark.name, (unsigned)result,
         (unsigned)benchmark.expected);
  return 1;
}
