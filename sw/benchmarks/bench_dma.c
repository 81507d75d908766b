// SPDX-License-Identifier: Apache-2.0
// Simulation speed, bound by the DMA: a block goes from L2 to L1 and back, again and again, while
// every core sleeps.
#include <string.h>

#include "freebits/cluster.h"
#include "freebits/dma.h"

enum { kBytes = 16 << 10, kRounds = 60 };

FB_L1 static uint8_t buffer[2][kBytes / 2];
static uint8_t from[kBytes], to[kBytes];

static void copy(void* unused) {
  (void)unused;
  if (fb_core() == 0) {
    for (int i = 0; i < kRounds; ++i) {
      fb_dma_copy(buffer[0], from, kBytes / 2);
      fb_dma_copy(buffer[1], from + kBytes / 2, kBytes / 2);
      fb_dma_copy(to, buffer[0], kBytes / 2);
      fb_dma_wait(fb_dma_copy(to + kBytes / 2, buffer[1], kBytes / 2));
    }
  }
  fb_barrier();
}

int main(void) {
  for (int i = 0; i < kBytes; ++i) from[i] = (uint8_t)(i * 37 >> 3);
  fb_parallel(copy, 0);
  return memcmp(from, to, kBytes) != 0;
}
