// SPDX-License-Identifier: Apache-2.0
// What the host asks of sw/programs/kernel_job.c: one layer, run a number of times; C11 and C++20.
#pragma once

#include "freebits/kernels.h"

enum fb_kernel_kind {
  FB_KERNEL_CONV,
  FB_KERNEL_DEPTHWISE,
  FB_KERNEL_ADD,  // `weights`: type of the second operand
  FB_KERNEL_AVERAGE_POOL,
  FB_KERNEL_MAX_POOL,  // the type stays
  FB_KERNEL_MAX_POOL_REQUANTIZED
};
enum fb_kernel_state { FB_KERNEL_READY = 1, FB_KERNEL_DONE = 2, FB_KERNEL_UNKNOWN = 3 };

/// Written before the program starts. Types are of enum fb_type; `weights` of a convolution is its
/// type less FB_TYPE_s8.
struct fb_kernel_job {
  uint32_t kind, in, weights, out;
  uint32_t rounds;  // the last one is measured: the code is in the instruction cache then
  union {
    struct fb_conv conv;
    struct fb_depthwise depthwise;
    struct fb_add add;
    struct fb_average_pool average_pool;
    struct fb_max_pool max_pool;
  };
  uint32_t cycles;  // of the last round, from the common start to the last core's end
};
FB_BYTES(struct fb_kernel_job, 68);
