// SPDX-License-Identifier: Apache-2.0
// Programs for all cores of a cluster: main runs on core 0, fb_parallel() runs a function on all.
#pragma once

#include <stdint.h>

#include "freebits/csr.h"
#include "freebits/event.h"

/// Where data lies: at the start of L1, in L3 (reached by DMA). Anything else is in L2.
#define FB_L1 __attribute__((section(".l1")))
#define FB_L3 __attribute__((section(".l3")))

/// 0 … fb_cores() - 1.
static inline uint32_t fb_core(void) { return csr_read(CSR_MHARTID); }
static inline uint32_t fb_cores(void) { return FB_REGISTER(FB_CONTROL_BASE + FB_CONTROL_CORES); }

/// Runs `function(argument)` on every core, this one included, and returns when all have finished.
/// From core 0 only.
void fb_parallel(void (*function)(void* argument), void* argument);

/// Waits for every core of the cluster; called by all of them, inside fb_parallel().
static inline void fb_barrier(void) { fb_barrier_wait(0); }
