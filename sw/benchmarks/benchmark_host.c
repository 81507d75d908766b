// SPDX-License-Identifier: Apache-2.0
// Runs the linked benchmark on the host: is its expected result right?
#include <stdio.h>

#include "benchmark.h"

int main(void) {
  benchmark.prepare();
  const uint32_t result = benchmark.run();
  printf("%s: result 0x%08x, expected 0x%08x\n", benchmark.name, (unsigned)result,
         (unsigned)benchmark.expected);
  return result != benchmark.expected;
}
