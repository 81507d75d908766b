// SPDX-License-Identifier: Apache-2.0
// Simulation speed, nothing to do: every core waits at a barrier for core 0, which waits for the
// timer.
#include "freebits/cluster.h"
#include "freebits/timer.h"

enum { kRounds = 10, kCycles = 30000 };

static void wait(void* unused) {
  (void)unused;
  for (int i = 0; i < kRounds; ++i) {
    if (fb_core() == 0) {
      fb_timer_once(kCycles, 1);
      fb_event_wait(1U << FB_EVENT_TIMER);
    }
    fb_barrier();
  }
}

int main(void) {
  fb_parallel(wait, 0);
  return 0;
}
