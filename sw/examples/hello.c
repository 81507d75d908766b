// SPDX-License-Identifier: Apache-2.0
// A small layer of a quantized network on the bare core: 8 pixels, 256 input channels, 16 output
// channels (a pointwise convolution), at every operand width the ISA level has instructions for,
// each checked against plain C.
#include <stdio.h>

#include "../benchmarks/matmul.h"
#include "freebits/counters.h"

enum { kPixels = 8, kInputs = 256, kOutputs = 16, kMacs = kPixels * kInputs * kOutputs };

static uint32_t activations[kPixels * kInputs / 4 + 4];  // Mac&Load prefetches past the end
static uint32_t weights[kOutputs * kInputs / 4 + 4];
static int32_t result[kPixels * kOutputs];
static int32_t expected[kPixels * kOutputs];

static const char* const kLevelNames[] = {"rv32imc", "xpulpv2", "xpulpnn", "mixed", "flexv"};

static void fill(uint32_t* words, unsigned count, uint32_t seed) {
  for (unsigned i = 0; i < count; ++i) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    words[i] = seed;
  }
}

// Runs the layer at these widths; 0 if right or if the level has no instructions for them.
static int run_layer(unsigned activation_bits, unsigned weight_bits) {
  const struct matmul_types types = {0, activation_bits, weight_bits};
  struct matmul layer = {activations,
                         weights,
                         expected,
                         kPixels,
                         kOutputs,
                         kInputs * activation_bits / 8,
                         kInputs * weight_bits / 8};
  const matmul_block_kernel kernel = matmul_select(&types);
  if (kernel == NULL) return 0;
  matmul_reference(&layer, &types);
  layer.c = result;
  const uint32_t start = csr_read(CSR_MCYCLE);
  matmul_run(&layer, kernel);
  const uint32_t cycles = csr_read(CSR_MCYCLE) - start;
  int wrong = 0;
  for (int i = 0; i < kPixels * kOutputs; ++i) wrong += result[i] != expected[i];
  const unsigned hundredths = (100U * kMacs + cycles / 2) / cycles;
  printf("  %u-bit activations, %u-bit weights: %6u cycles, %2u.%02u MAC/cycle, %s\n",
         activation_bits, weight_bits, (unsigned)cycles, hundredths / 100, hundredths % 100,
         wrong ? "WRONG" : "right");
  return wrong != 0;
}

int main(void) {
  fill(activations, sizeof activations / sizeof activations[0], 1);
  fill(weights, sizeof weights / sizeof weights[0], 2);
  printf("hello from %s: pointwise layer, %d MACs\n", kLevelNames[FREEBITS_LEVEL], kMacs);
  int wrong = 0;
  for (unsigned a = 8; a >= 2; a /= 2) {
    for (unsigned w = a; w >= 2; w /= 2) wrong |= run_layer(a, w);
  }
  return wrong;
}
