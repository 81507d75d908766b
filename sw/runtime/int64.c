// SPDX-License-Identifier: Apache-2.0
// 64-bit division, which the compiler calls by these names: Debian's clang has no RISC-V runtime
// library.
#include <stdint.h>

struct division {
  uint64_t quotient, remainder;
};

static struct division divide(uint64_t dividend, uint64_t divisor) {
  struct division d = {0, 0};
  if (divisor == 0) return (struct division){~UINT64_C(0), dividend};
  for (int bit = 63; bit >= 0; --bit) {
    d.remainder = d.remainder << 1 | (dividend >> bit & 1);
    if (d.remainder >= divisor) {
      d.remainder -= divisor;
      d.quotient |= UINT64_C(1) << bit;
    }
  }
  return d;
}

static uint64_t magnitude(int64_t value) {
  return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

uint64_t __udivdi3(uint64_t a, uint64_t b) { return divide(a, b).quotient; }
uint64_t __umoddi3(uint64_t a, uint64_t b) { return divide(a, b).remainder; }

int64_t __divdi3(int64_t a, int64_t b) {
  const uint64_t quotient = divide(magnitude(a), magnitude(b)).quotient;
  return (int64_t)((a ^ b) < 0 ? 0 - quotient : quotient);
}

int64_t __moddi3(int64_t a, int64_t b) {
  const uint64_t remainder = divide(magnitude(a), magnitude(b)).remainder;
  return (int64_t)(a < 0 ? 0 - remainder : remainder);
}
