// SPDX-License-Identifier: Apache-2.0
// Simulation speed, all cores computing: int8 matrix products in L1 with the inner loop of the
// level.
#include "freebits/cluster.h"
#include "matmul.h"

enum { kRows = 8, kColumns = 16, kDepth = 128, kRounds = 12, kMaxCores = 16 };

FB_L1 static uint32_t a[kMaxCores][kRows * kDepth / 4], b[kColumns * kDepth / 4];
FB_L1 static int32_t c[kMaxCores][kRows * kColumns];
FB_L1 static uint32_t errors[kMaxCores];

static void multiply(void* unused) {
  (void)unused;
  const uint32_t core = fb_core();
  const struct matmul_types types = {0, 8, 8};
  const struct matmul m = {a[core], b, c[core], kRows, kColumns, kDepth, kDepth};
  const matmul_block_kernel kernel = matmul_select(&types);
  for (int i = 0; i < kRounds; ++i) matmul_run(&m, kernel);
  for (int i = 0; i < kRows * kColumns; ++i) errors[core] += c[core][i] != c[0][i];
}

int main(void) {
  uint32_t state = 1;
  for (int i = 0; i < kRows * kDepth / 4; ++i) {
    state = state * 1664525 + 1013904223;
    for (uint32_t core = 0; core < fb_cores(); ++core) a[core][i] = state;
  }
  for (int i = 0; i < kColumns * kDepth / 4; ++i) b[i] = state = state * 1664525 + 1013904223;
  fb_parallel(multiply, 0);
  uint32_t wrong = 0;
  for (uint32_t core = 0; core < fb_cores(); ++core) wrong += errors[core];
  return wrong != 0 || c[0][0] == 0;
}
