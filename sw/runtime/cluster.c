// SPDX-License-Identifier: Apache-2.0
// The cores of a cluster: work for all of them, their stacks' guards, the console's lock.
#include "freebits/cluster.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "freebits/heap.h"

// cluster.ld
extern char STACK_SIZE[], __l1_end[], __image_end[], __l3_end[];

enum { kWorkEvent = 0, kHeapMutex = 6, kConsoleMutex = 7 };

// The lowest 128 bytes of each stack tell of an overflow: in the last word of every 16, where a
// function saves its return address (frames are multiples of 16 bytes).
static const uint32_t kGuard = 0x57ac6a2d;
enum { kGuards = 8, kGuardWords = 4 };
FB_L1 static volatile uint32_t* guards[16];

FB_L1 static struct {
  void (*function)(void*);
  void* argument;
} work;

// Called by cluster_start.S on each core, before anything else.
void fb_guard_stack(volatile uint32_t* lowest) {
  lowest += kGuardWords - 1;
  guards[fb_core()] = lowest;
  for (uint32_t i = 0; i < kGuards; ++i) lowest[kGuardWords * i] = kGuard;
}

static bool intact(uint32_t core) {
  uint32_t changed = 0;
  for (uint32_t i = 0; i < kGuards; ++i) changed |= guards[core][kGuardWords * i] ^ kGuard;
  return changed == 0;
}

__attribute__((noreturn)) static void overflowed(uint32_t core) {
  printf("stack overflow on core %u: it has %u bytes; link with a larger STACK_SIZE\n", core,
         (unsigned)(uintptr_t)STACK_SIZE);
  exit(133);
}

static void check_guard(void) {
  const uint32_t core = fb_core();
  if (!intact(core)) overflowed(core);
}

// Called by exit().
void fb_check_stacks(void) {
  for (uint32_t core = 0; core < fb_cores(); ++core) {
    if (guards[core] != NULL && !intact(core)) overflowed(core);
  }
}

// Called by a trap that nobody handles.
bool fb_stack_overflowed(uint32_t sp) {
  return !intact(fb_core()) || sp < (uintptr_t)guards[fb_core()];
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

// The runtime's console calls these around every printf and puts, and exit() keeps it for ever. A
// core that has it may take it again: a trap inside printf.
static volatile uint32_t console_owner, console_depth;
void fb_console_lock(void) {
  if (console_owner == fb_core() + 1) {
    console_depth = console_depth + 1;
    return;
  }
  fb_mutex_lock(kConsoleMutex);
  console_owner = fb_core() + 1;
}
void fb_console_unlock(void) {
  if (console_depth != 0) {
    console_depth = console_depth - 1;
    return;
  }
  console_owner = 0;
  fb_mutex_unlock(kConsoleMutex, 0);
}

// The heaps: behind the program's data, in L1 up to the stacks.
void fb_heap_lock(void) { fb_mutex_lock(kHeapMutex); }
void fb_heap_unlock(void) { fb_mutex_unlock(kHeapMutex, 0); }

void fb_heap_bounds(enum fb_memory memory, uintptr_t* begin, uintptr_t* end) {
  switch (memory) {
    case kFbL1:
      *begin = (uintptr_t)__l1_end;
      *end = FB_L1_BASE + FB_REGISTER(FB_CONTROL_BASE + FB_CONTROL_L1_BYTES) -
             fb_cores() * (uintptr_t)STACK_SIZE;
      break;
    case kFbL2:
      *begin = (uintptr_t)__image_end;
      *end = FB_L2_BASE + FB_REGISTER(FB_CONTROL_BASE + FB_CONTROL_L2_BYTES);
      break;
    case kFbL3:
      *begin = (uintptr_t)__l3_end;
      *end = FB_L3_BASE + FB_REGISTER(FB_CONTROL_BASE + FB_CONTROL_L3_BYTES);
      break;
  }
}
