// SPDX-License-Identifier: Apache-2.0
// A layer's work split over the cores.
#pragma once

#include "freebits/cluster.h"
#include "freebits/work_split.h"
#include "types.h"

/// The share of this core (freebits/work_split.h).
static inline struct fb_share fb_split(uint32_t units, uint32_t groups, uint32_t more_units,
                                       uint32_t more_groups) {
  return fb_share_of(fb_core(), fb_cores(), units, groups, more_units, more_groups);
}
