// SPDX-License-Identifier: Apache-2.0
// The cluster's timer (docs/cluster.md): one for all cores.
#pragma once

#include <stdint.h>

#include "freebits/event.h"

#define FB_TIMER(offset) FB_REGISTER(FB_TIMER_BASE + (offset))

/// Event FB_EVENT_TIMER at every core of the mask after `cycles` cycles, once.
static inline void fb_timer_once(uint32_t cycles, uint32_t cores) {
  FB_TIMER(FB_TIMER_COUNT) = 0;
  FB_TIMER(FB_TIMER_COMPARE) = cycles;
  FB_TIMER(FB_TIMER_TARGETS) = cores;
  FB_TIMER(FB_TIMER_CONTROL) = 1;
}
