// SPDX-License-Identifier: Apache-2.0
// 32-bit matrix product, 20 x 24 times 24 x 16, plain C.
#include "benchmark.h"

enum { kRows = 20, kDepth = 24, kColumns = 16 };

static int32_t a[kRows][kDepth], b[kDepth][kColumns], c[kRows][kColumns];

static void prepare(void) {
  uint32_t state = 3;
  for (int i = 0; i < kRows; ++i) {
    for (int k = 0; k < kDepth; ++k) a[i][k] = (int32_t)benchmark_random(&state) >> 16;
  }
  for (int k = 0; k < kDepth; ++k) {
    for (int j = 0; j < kColumns; ++j) b[k][j] = (int32_t)benchmark_random(&state) >> 18;
  }
}

static uint32_t run(void) {
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < kDepth; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
  uint32_t checksum = 0;
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j)
      checksum = (checksum << 5 | checksum >> 27) ^ (uint32_t)c[i][j];
  }
  return checksum;
}

const struct benchmark benchmark = {"matrix_int32", prepare, run, 0x16fcab00};
