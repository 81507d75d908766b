// SPDX-License-Identifier: Apache-2.0
// How a kernel's work is split over the cores: rectangles of units x groups; C11 and C++20, for the
// kernels and for the host that estimates them.
#pragma once

#include <stdint.h>

/// What kernels and host take for granted of a convolution's cycles when they split its blocks
/// (sw/kernels/conv_split.h): once a unit, besides a cycle for each byte of its window; for each
/// pixel of a block, besides its dot products; a word of a pixel times the weights of four
/// channels.
enum { FB_CONV_UNIT_CYCLES = 200, FB_CONV_PIXEL_CYCLES = 12, FB_CONV_WORD_CYCLES = 4 };
/// Of a depthwise layer, what a core does once for each group of channels: rows of outputs that
/// cost as much.
enum { FB_DEPTHWISE_MORE_UNITS = 2 };

struct fb_share {
  uint32_t first_unit, last_unit;  // the latter excluded
  uint32_t first_group, last_group;
};

/// The share of `core` of `cores`: as even as whole units and groups allow. What a core does once
/// for each of its groups costs it as much as `more_units`, once for each unit as much as
/// `more_groups`.
static inline struct fb_share fb_share_of(uint32_t core, uint32_t cores, uint32_t units,
                                          uint32_t groups, uint32_t more_units,
                                          uint32_t more_groups) {
  uint32_t columns = 1, least = ~0U;  // cores side by side along the groups
  for (uint32_t along_groups = 1; along_groups <= cores; along_groups *= 2) {
    const uint32_t along_units = cores / along_groups;
    const uint32_t most = ((units + along_units - 1) / along_units + more_units) *
                          ((groups + along_groups - 1) / along_groups + more_groups);
    if (most < least) {
      least = most;
      columns = along_groups;
    }
  }
  const uint32_t rows = cores / columns, row = core / columns, column = core % columns;
  struct fb_share share;
  share.first_unit = units * row / rows;
  share.last_unit = units * (row + 1) / rows;
  share.first_group = groups * column / columns;
  share.last_group = groups * (column + 1) / columns;
  return share;
}
