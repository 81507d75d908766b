// SPDX-License-Identifier: Apache-2.0
// What the host asks of sw/programs/network.c: a whole network as a list of steps; C11 and C++20.
//
// A step is one kernel on one tile, with the transfers that run beside it: what the tile before it
// has made goes out, what the next tile needs comes in. At its start every DMA transfer of the
// steps before is complete, and as many L3 transfers as it says.
#pragma once

#include "freebits/kernels.h"

/// Rows of `bytes` bytes, as in freebits/dma.h.
struct fb_step_transfer {
  uint32_t to, from, bytes, rows;
  int32_t to_stride, from_stride;
};

enum { FB_MOST_TRANSFERS = 12 };  // of a step

/// A kernel and its operands; the transfers follow, those of the L3 DMA last. The first transfer of
/// each step but the last brings the next step into the other slot.
struct fb_step {
  uint32_t kernel;   // address of the function; 0: none
  uint32_t l3_wait;  // L3 transfers of this program that must be complete
  uint8_t transfers, l3_transfers;
  uint8_t last;  // the network has ended
  union fb_operands operands;
};

/// One of two in L1; steps use them in turn.
struct fb_step_slot {
  struct fb_step step;
  struct fb_step_transfer transfers[FB_MOST_TRANSFERS];
};

FB_BYTES(struct fb_step_transfer, 24);
FB_BYTES(struct fb_step, 56);
// The host writes the transfers right behind the step.
FB_BYTES(struct fb_step_slot,
         sizeof(struct fb_step) + FB_MOST_TRANSFERS * sizeof(struct fb_step_transfer));

/// Filled in by the host.
struct fb_network {
  uint32_t first_step;  // its address
  uint32_t first_bytes;
};
