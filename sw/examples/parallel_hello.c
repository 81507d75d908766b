// SPDX-License-Identifier: Apache-2.0
// Every core of the cluster adds its part of a sum.
#include <stdio.h>

#include "freebits/cluster.h"

FB_L1 static uint32_t parts[16];

static void add(void* count) {
  uint32_t sum = 0;
  for (uint32_t i = fb_core(); i < *(uint32_t*)count; i += fb_cores()) sum += i;
  parts[fb_core()] = sum;
}

int main(void) {
  uint32_t count = 1000, sum = 0;
  fb_parallel(add, &count);
  for (uint32_t core = 0; core < fb_cores(); ++core) sum += parts[core];
  printf("%u cores: sum %u\n", fb_cores(), sum);
  return sum == 499500 ? 0 : 1;
}
