// SPDX-License-Identifier: Apache-2.0
// The inner loop by which the cycle class is compared with CV32E40P: two times two loads and two 4
// x 8-bit dot products, loads first, then a scalar tail and a loop branch; 16 instructions a trip,
// 256 trips. From xpulpv2; below, and on the host, the same in C.
#include "benchmark.h"

#ifdef __riscv
#include "freebits/intrinsics.h"
#else
#define FREEBITS_LEVEL 0
#endif

enum { kTrips = 256 };

static uint32_t activations[2 * kTrips], weights[2 * kTrips];

static void prepare(void) {
  uint32_t state = 7;
  for (int i = 0; i < 2 * kTrips; ++i) {
    activations[i] = benchmark_random(&state);
    weights[i] = benchmark_random(&state);
  }
}

#if FREEBITS_LEVEL >= 1
static uint32_t run(void) {
  const uint32_t* a = activations;
  const uint32_t* w = weights;
  const uint32_t* const end = activations + 2 * kTrips;
  uint32_t straight = 0, crossed = 0, mix = 1, a0, w0, a1, w1;
  __asm__ volatile(
      "  fb.align_code\n"
      "  .option push\n"
      "  .option norvc\n"
      "1:\n"
      "  cv.lw %[a0], (%[a]), 4\n"
      "  cv.lw %[w0], (%[w]), 4\n"
      "  cv.lw %[a1], (%[a]), 4\n"
      "  cv.lw %[w1], (%[w]), 4\n"
      "  cv.sdotsp.b %[straight], %[a0], %[w0]\n"
      "  cv.sdotup.b %[crossed], %[a0], %[w0]\n"
      "  cv.sdotsp.b %[straight], %[a1], %[w1]\n"
      "  cv.sdotup.b %[crossed], %[a1], %[w1]\n"
      "  srai %[a0], %[straight], 3\n"
      "  xor %[a0], %[a0], %[crossed]\n"
      "  slli %[w0], %[mix], 5\n"
      "  add %[mix], %[mix], %[w0]\n"
      "  add %[mix], %[mix], %[a0]\n"
      "  srli %[a1], %[mix], 7\n"
      "  xor %[mix], %[mix], %[a1]\n"
      "  bne %[a], %[end], 1b\n"
      "  .option pop\n"
      : [a] "+r"(a), [w] "+r"(w), [straight] "+r"(straight), [crossed] "+r"(crossed),
        [mix] "+r"(mix), [a0] "=&r"(a0), [w0] "=&r"(w0), [a1] "=&r"(a1), [w1] "=&r"(w1)
      : [end] "r"(end)
      : "memory");
  return mix;
}
#else
static int32_t dot(uint32_t a, uint32_t b, int is_signed) {
  int32_t sum = 0;
  for (int i = 0; i < 32; i += 8) {
    const int32_t x = is_signed ? (int8_t)(a >> i) : (uint8_t)(a >> i);
    const int32_t y = is_signed ? (int8_t)(b >> i) : (uint8_t)(b >> i);
    sum += x * y;
  }
  return sum;
}

static uint32_t run(void) {
  uint32_t straight = 0, crossed = 0, mix = 1;
  for (int i = 0; i < 2 * kTrips; i += 2) {
    for (int j = 0; j < 2; ++j) {
      straight += (uint32_t)dot(activations[i + j], weights[i + j], 1);
      crossed += (uint32_t)dot(activations[i + j], weights[i + j], 0);
    }
    mix += (mix << 5) + ((uint32_t)((int32_t)straight >> 3) ^ crossed);
    mix ^= mix >> 7;
  }
  return mix;
}
#endif

const struct benchmark benchmark = {"dot_tail", prepare, run, 0x9ff7eff6};
