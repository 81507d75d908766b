// SPDX-License-Identifier: Apache-2.0
// What a benchmark provides: its work as one function of nothing but its own inputs.
// benchmark_main.c measures it on the core; benchmark_host.c runs the same source on the host,
// where another compiler and machine confirm `expected`.
#pragma once

#include <stdint.h>

struct benchmark {
  const char* name;
  void (*prepare)(void);  // fills the inputs; not measured
  uint32_t (*run)(void);  // the work; returns a checksum of its results
  uint32_t expected;
};
extern const struct benchmark benchmark;

/// Pseudo-random words (xorshift32): the same inputs everywhere.
static inline uint32_t benchmark_random(uint32_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}
