// SPDX-License-Identifier: Apache-2.0
// The event unit (docs/cluster.md): events, barriers, mutexes. A core that waits sleeps; its clock
// is gated where the ISA level has cv.elw.
#pragma once

#include <stdint.h>

#include "freebits/cluster_numbers.h"

#define FB_REGISTER(address) (*(volatile uint32_t*)(uintptr_t)(address))
#define FB_EVENT_UNIT(offset) FB_REGISTER(FB_EVENT_UNIT_BASE + (offset))

/// A load that is answered when what it waits for is there.
static inline uint32_t fb_load_wait(uint32_t address) {
#if FREEBITS_LEVEL >= 1
  uint32_t value;
  __asm__ volatile("cv.elw %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
  return value;
#else
  const uint32_t value = FB_REGISTER(address);
  __asm__ volatile("" ::: "memory");
  return value;
#endif
}

/// Arrives at barrier `index` (0 … 7) and waits until its whole team has. Barrier 0 belongs to
/// fb_parallel().
static inline void fb_barrier_wait(unsigned index) {
  __asm__ volatile("" ::: "memory");
  fb_load_wait(FB_EVENT_UNIT_BASE + FB_EU_BARRIER + 16 * index + FB_EU_BARRIER_WAIT);
}

/// Arrives without waiting: event FB_EVENT_BARRIER + index tells when all have.
static inline void fb_barrier_arrive(unsigned index) {
  FB_EVENT_UNIT(FB_EU_BARRIER + 16 * index + FB_EU_BARRIER_GO) = 0;
}

/// Who takes part, a mask of cores. Nobody may be waiting.
static inline void fb_barrier_team(unsigned index, uint32_t cores) {
  FB_EVENT_UNIT(FB_EU_BARRIER + 16 * index + FB_EU_BARRIER_TEAM) = cores;
}

/// Waits for mutex `index` (0 … 7; 6 belongs to the heap, 7 to the console); the message its last
/// owner left.
static inline uint32_t fb_mutex_lock(unsigned index) {
  return fb_load_wait(FB_EVENT_UNIT_BASE + FB_EU_MUTEX + 8 * index + FB_EU_MUTEX_LOCK);
}
static inline void fb_mutex_unlock(unsigned index, uint32_t message) {
  __asm__ volatile("" ::: "memory");
  FB_EVENT_UNIT(FB_EU_MUTEX + 8 * index + FB_EU_MUTEX_UNLOCK) = message;
}

/// Software event `event` (0 … 7; 0 belongs to fb_parallel()) at every core of the mask.
static inline void fb_event_send(unsigned event, uint32_t cores) {
  __asm__ volatile("" ::: "memory");
  FB_EVENT_UNIT(FB_EU_TRIGGER + 4 * event) = cores;
}

/// Sleeps until one of these events (a mask of bits FB_EVENT_…) has come; which have. They are
/// forgotten.
static inline uint32_t fb_event_wait(uint32_t events) {
  FB_EVENT_UNIT(FB_EU_MASK) = events;
  return fb_load_wait(FB_EVENT_UNIT_BASE + FB_EU_WAIT_CLEAR);
}

/// Reads a word of L1 and sets it to all ones in one access: 0 means that it was free, and now is
/// taken.
static inline uint32_t fb_test_and_set(volatile uint32_t* word) {
  return FB_REGISTER((uintptr_t)word - FB_L1_BASE + FB_L1_TAS_BASE);
}
