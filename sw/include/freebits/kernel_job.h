// SPDX-License-Identifier: Apache-2.0
// What the host asks of sw/programs/kernel_job.c: one layer, run a number of times; C11 and C++20.
#pragma once

#include "freebits/kernels.h"

enum fb_kernel_state { FB_KERNEL_READY = 1, FB_KERNEL_DONE = 2 };

/// Written before the program starts.
struct fb_kernel_job {
  uint32_t kernel;  // address of the function: all of sw/kernels are in the program
  uint32_t rounds;  // the last one is measured: the code is in the instruction cache then
  union fb_operands operands;
  uint32_t cycles;  // of the last round, from the common start to the last core's end
};
FB_BYTES(struct fb_kernel_job, 56);
