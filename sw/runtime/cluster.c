// SPDX-License-Identifier: Apache-2.0
// The cores of a cluster: work for all of them, their stacks' guards, the console's lock.
#include "freebits/cluster.h"

#include <stdio.h>
#include <stdlib.h>

enum { kWorkEvent = 0, kConsoleMutex = 7 };

// The lowest word of each stack: its change tells of an overflow.
static const uint32_t kGuard = 0x57ac6a2d;
FB_L1 static volatile uint32_t* guards[16];

FB_L1 static struct {
  void (*function)(void*);
  void* argument;
} work;

// Called by cluster_start.S on each core, before anything else.
void fb_guard_stack(volatile uint32_t* lowest) {
  *lowest = kGuard;
  guards[fb_core()] = lowest;
}

static void check_guard(void) {
  const uint32_t core = fb_core();
  if (*guards[core] == kGuard) return;
  printf("stack overflow on core %u: link with a larger STACK_SIZE\n", core);
  exit(133);
}

static void run(void) {
  work.function(work.argument);
  check_guard();
  fb_barrier_wait(0);
}

// Every core but core 0 stays here.
__attribute__((noreturn)) void fb_work(void) {
  for (;;) {
    fb_event_wait(1U << kWorkEvent);
    run();
  }
}

void fb_parallel(void (*function)(void*), void* argument) {
  work.function = function;
  work.argument = argument;
  fb_event_send(kWorkEvent, (1U << fb_cores()) - 2);
  run();
}

// The runtime's console calls these around every printf and puts.
void fb_console_lock(void) { fb_mutex_lock(kConsoleMutex); }
void fb_console_unlock(void) { fb_mutex_unlock(kConsoleMutex, 0); }
