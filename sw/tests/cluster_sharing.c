// SPDX-License-Identifier: Apache-2.0
// What the cores of a cluster do to each other: test-and-set, mutexes, events, barriers over
// subsets, DMA against loads and stores, interrupts while asleep, code changed under way.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freebits/cluster.h"
#include "freebits/counters.h"
#include "freebits/dma.h"
#include "freebits/timer.h"
#include "freebits/trap.h"

FB_L1 static volatile uint32_t lock, counter, turn;
FB_L1 static volatile uint32_t failures;
FB_L1 static uint8_t bytes[64];
FB_L1 static uint32_t tile[512];
static uint32_t image[512], back[512];

#define EXPECT(condition)                                                \
  do {                                                                   \
    if (!(condition)) {                                                  \
      printf("core %u, line %d: %s\n", fb_core(), __LINE__, #condition); \
      failures = failures + 1;                                           \
    }                                                                    \
  } while (0)

static void test_and_set(void* unused) {
  (void)unused;
  for (int i = 0; i < 20; ++i) {
    while (fb_test_and_set(&lock) != 0) {
    }
    counter = counter + 1;
    __asm__ volatile("" ::: "memory");
    lock = 0;
  }
  fb_barrier();
  EXPECT(counter == 20 * fb_cores());
}

static void mutexes(void* unused) {
  (void)unused;
  fb_barrier();
  if (fb_core() == 0) counter = 0;
  fb_barrier();
  for (uint32_t i = 0; i < 20; ++i) {
    const uint32_t message = fb_mutex_lock(2);
    EXPECT(message == counter);
    counter = counter + 1;
    fb_mutex_unlock(2, counter);
  }
  fb_barrier();
  EXPECT(counter == 20 * fb_cores());
}

/// A token goes round by events.
static void ring(void* unused) {
  (void)unused;
  const uint32_t core = fb_core(), next = (core + 1) % fb_cores();
  if (core == 0) turn = 0;
  fb_barrier();
  for (uint32_t round = 0; round < 5; ++round) {
    if (core != 0 || round != 0) fb_event_wait(1U << 4);
    EXPECT(turn % fb_cores() == core);
    turn = turn + 1;
    if (turn != 5 * fb_cores()) fb_event_send(4, 1U << next);
  }
  fb_barrier();
  EXPECT(turn == 5 * fb_cores());
}

static void subsets(void* unused) {
  (void)unused;
  const uint32_t core = fb_core(), even = 0x5555 & ((1U << fb_cores()) - 1),
                 odd = even << 1 & ((1U << fb_cores()) - 1);
  if (core == 0) {
    fb_barrier_team(1, even);
    fb_barrier_team(2, odd);
  }
  fb_barrier();
  for (int i = 0; i < 10; ++i) fb_barrier_wait(core % 2 == 0 ? 1 : 2);
  fb_barrier();
}

/// Every core writes its byte of the same words.
static void false_sharing(void* unused) {
  (void)unused;
  const uint32_t core = fb_core();
  for (int i = 0; i < 50; ++i) {
    for (uint32_t at = core; at < sizeof bytes; at += fb_cores()) bytes[at] = (uint8_t)(i + at);
  }
  fb_barrier();
  for (uint32_t at = 0; at < sizeof bytes; ++at) EXPECT(bytes[at] == (uint8_t)(49 + at));
}

/// Each core moves its share in, changes it and moves it back.
static void tiles(void* unused) {
  (void)unused;
  const uint32_t core = fb_core(), words = 512 / fb_cores(), at = core * words;
  fb_dma_wait(fb_dma_copy(&tile[at], &image[at], 4 * words));
  for (uint32_t i = at; i < at + words; ++i) tile[i] = tile[i] * 3 + core;
  fb_dma_wait(fb_dma_copy(&back[at], &tile[at], 4 * words));
  for (uint32_t i = at; i < at + words; ++i) EXPECT(back[i] == image[i] * 3 + core);
}

static volatile uint32_t interrupts;
static void on_interrupt(struct fb_trap_frame* frame) {
  EXPECT(frame->cause == 0x8000000b);
  FB_EVENT_UNIT(FB_EU_CLEAR) = 1U << FB_EVENT_TIMER;
  interrupts = interrupts + 1;
}

/// wfi with its clock stopped, woken by the timer's interrupt; time goes on meanwhile.
static void sleep_and_wake(void) {
  fb_set_trap_handler(on_interrupt);
  FB_EVENT_UNIT(FB_EU_IRQ_MASK) = 1U << FB_EVENT_TIMER;
  csr_write(CSR_MIE, 1U << 11);
  csr_write(CSR_MSTATUS, 8);
  const uint32_t begin = csr_read(CSR_MCYCLE), slept = fb_counter(kFbSleep);
  fb_timer_once(2000, 1);
  while (interrupts == 0) __asm__ volatile("wfi");
  EXPECT(csr_read(CSR_MCYCLE) - begin > 2000);
  EXPECT(fb_counter(kFbSleep) - slept > 1000);
  csr_write(CSR_MSTATUS, 0);
  FB_EVENT_UNIT(FB_EU_IRQ_MASK) = 0;
  fb_set_trap_handler(0);
}

/// Code written as data runs after fence.i.
static void new_code(void) {
  static uint32_t code[2] __attribute__((aligned(16)));
  uint32_t (*function)(void) = (uint32_t(*)(void))(uintptr_t)code;
  for (uint32_t i = 0; i < 3; ++i) {
    code[0] = 0x00000513 | (i + 7) << 20;  // li a0, i + 7
    code[1] = 0x00008067;                  // ret
    __asm__ volatile("fence.i" ::: "memory");
    EXPECT(function() == i + 7);
  }
}

int main(void) {
  for (uint32_t i = 0; i < 512; ++i) image[i] = i * 2654435761U;
  fb_parallel(test_and_set, 0);
  fb_parallel(mutexes, 0);
  fb_parallel(ring, 0);
  fb_parallel(subsets, 0);
  fb_parallel(false_sharing, 0);
  fb_parallel(tiles, 0);
  sleep_and_wake();
  new_code();
  printf("%u failures\n", failures);
  return failures != 0;
}
