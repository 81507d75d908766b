// SPDX-License-Identifier: Apache-2.0
// What must end a program with a message; -DCASE chooses (tests/sw/expect_failures.sh).
#include <stdlib.h>

#include "freebits/heap.h"
#ifdef CLUSTER
#include "freebits/cluster.h"
#endif

__attribute__((noinline)) static unsigned deep(unsigned n, volatile unsigned* above) {
  volatile unsigned frame[4];
  frame[n & 3] = n + *above;
  return n == 0 ? frame[0] : deep(n - 1, &frame[n & 3]) + frame[n & 3];
}

static void go(void* unused) {
  (void)unused;
  volatile unsigned depth = 4000;
  char* block = fb_alloc(kFbL2, 100);
  switch (CASE) {
    case 0:
      fb_alloc(kFbL2, 100000000);
      break;
    case 1:
      fb_free(block);
      fb_free(block);
      break;
    case 2:
      fb_free(block + 8);
      break;
    case 3:
      for (volatile int i = 0; i < 120; ++i) block[i] = 0;
      fb_free(block);
      break;
    case 4:
#ifdef CLUSTER
      depth = 70;  // into the neighbour's stack, no further
#endif
      deep(depth, &depth);
      break;
#ifdef CLUSTER
    case 5:
      fb_alloc(kFbL1, 130000);
      break;
#endif
  }
}

int main(void) {
#ifdef CLUSTER
  fb_parallel(go, 0);
#else
  go(0);
#endif
  return 0;
}
