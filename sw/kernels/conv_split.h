// SPDX-License-Identifier: Apache-2.0
// A convolution's blocks of outputs split over the cores in one line, row after row of outputs.
// Blocks at the upper and lower border take fewer kernel rows: a core that gets them gets more.
#pragma once

#include <stdint.h>

#include "freebits/cluster.h"
#include "types.h"

struct fb_conv_work {
  uint32_t in_height, out_height, kernel_height, stride, pad_top;
  uint32_t blocks, groups;  // in a row of outputs; in a unit of the same pixels
  uint32_t unit, row,
      other;  // cycles, about: once a unit; a block's kernel row; the rest of a block
};

/// Kernel rows of the outputs in a row.
struct fb_kernel_rows {
  uint32_t above, inside;  // the image
};
FB_INLINE struct fb_kernel_rows fb_kernel_rows(const struct fb_conv_work* w, uint32_t y) {
  const int32_t top = (int32_t)(y * w->stride) - (int32_t)w->pad_top;
  const int32_t below = top + (int32_t)w->kernel_height - (int32_t)w->in_height;
  const uint32_t above = top < 0 ? (uint32_t)-top : 0;
  return (struct fb_kernel_rows){above,
                                 w->kernel_height - above - (below > 0 ? (uint32_t)below : 0)};
}

/// The block before which the blocks cost `cycles`, or the number of all; takes what they cost.
static inline uint32_t fb_block_after(const struct fb_conv_work* w, uint32_t* cycles) {
  const uint32_t reach = w->in_height + w->pad_top;  // of rows with the whole kernel inside
  uint32_t inside_end = reach < w->kernel_height ? 0 : (reach - w->kernel_height) / w->stride + 1;
  if (inside_end > w->out_height) inside_end = w->out_height;
  for (uint32_t y = 0; y < w->out_height;) {
    const uint32_t inside = fb_kernel_rows(w, y).inside, block = inside * w->row + w->other;
    const uint32_t rows = inside == w->kernel_height ? inside_end - y : 1;
    const uint32_t blocks = rows * w->blocks;
    if (*cycles < blocks * block) return y * w->blocks + *cycles / block;
    *cycles -= blocks * block;
    y += rows;
  }
  return w->out_height * w->blocks;
}

/// Blocks of this core, the last excluded. A unit is shared where that costs less than it evens
/// out.
struct fb_blocks {
  uint32_t first, last;
};
static inline struct fb_blocks fb_split_blocks(struct fb_conv_work w) {
  const uint32_t cores = fb_cores(), core = fb_core();
  uint32_t left = ~0U;
  const uint32_t units = fb_block_after(&w, &left) / w.groups, most = (units + cores - 1) / cores;
  const uint32_t all = ~left, each = all / cores, rest = all % cores;
  if (most * w.groups * (w.kernel_height * w.row + w.other) <= each + w.unit) {
    return (struct fb_blocks){units * core / cores * w.groups,
                              units * (core + 1) / cores * w.groups};
  }
  uint32_t first = each * core + rest * core / cores;
  uint32_t last = each * (core + 1) + rest * (core + 1) / cores;
  return (struct fb_blocks){fb_block_after(&w, &first), fb_block_after(&w, &last)};
}
