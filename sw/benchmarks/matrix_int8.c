// SPDX-License-Identifier: Apache-2.0
// 8-bit matrix product with the best inner loop of the level (matmul_blocks.S): 16 x 256 times 256
// x 16.
#include "benchmark.h"
#include "matmul.h"

enum { kRows = 16, kDepth = 256, kColumns = 16 };

static uint32_t a[kRows * kDepth / 4 + 1], b[kColumns * kDepth / 4 + 1];
static int32_t c[kRows * kColumns];

static void prepare(void) {
  uint32_t state = 4;
  for (int i = 0; i < kRows * kDepth / 4; ++i) a[i] = benchmark_random(&state);
  for (int i = 0; i < kColumns * kDepth / 4; ++i) b[i] = benchmark_random(&state);
}

static uint32_t run(void) {
  const struct matmul_types types = {0, 8, 8};
  const struct matmul m = {a, b, c, kRows, kColumns, kDepth, kDepth};
  matmul_run(&m, matmul_select(&types));
  uint32_t checksum = 0;
  for (int i = 0; i < kRows * kColumns; ++i)
    checksum = (checksum << 5 | checksum >> 27) ^ (uint32_t)c[i];
  return checksum;
}

const struct benchmark benchmark = {"matrix_int8", prepare, run, 0x8291689b};
