// SPDX-License-Identifier: Apache-2.0
// Runs a network: a list of steps the host has prepared (profiler/). Core 0 starts the transfers;
// a step costs one barrier.
#include <stddef.h>

#include "freebits/cluster.h"
#include "freebits/dma.h"
#include "freebits/network_program.h"

/// Not among what the start clears.
__attribute__((section(".data"))) struct fb_network fb_network;
FB_L1 struct fb_step_slot fb_step_slots[2];

/// Number of the step that begins, from 1; in L2, where the host sees it change.
volatile uint32_t fb_network_step __attribute__((aligned(8)));

// The host's transfers are the DMA driver's.
#define SAME_PLACE(member) \
  _Static_assert(          \
      offsetof(struct fb_step_transfer, member) == offsetof(struct fb_transfer, member), #member)
SAME_PLACE(to);
SAME_PLACE(from);
SAME_PLACE(bytes);
SAME_PLACE(rows);
SAME_PLACE(to_stride);
SAME_PLACE(from_stride);
_Static_assert(sizeof(struct fb_step_transfer) == sizeof(struct fb_transfer), "array elements");

typedef void (*kernel_function)(const void* operands);

/// Starts a step's transfers; the DMA's last ticket.
static uint32_t start_transfers(const struct fb_step_slot* slot, uint32_t ticket) {
  const struct fb_transfer* t = (const struct fb_transfer*)slot->transfers;
  for (uint32_t n = slot->step.transfers; n != 0; --n) ticket = fb_dma_start(FB_DMA_BASE, t++);
  for (uint32_t n = slot->step.l3_transfers; n != 0; --n) fb_dma_start(FB_L3_DMA_BASE, t++);
  return ticket;
}

static void run(void* unused) {
  (void)unused;
  const uint32_t core = fb_core();
  uint32_t ticket = 0;
  if (core == 0) {
    ticket = fb_dma_copy(&fb_step_slots[0], (const void*)(uintptr_t)fb_network.first_step,
                         fb_network.first_bytes);
  }
  for (uint32_t number = 0;; ++number) {
    const struct fb_step_slot* slot = &fb_step_slots[number & 1];
    if (core == 0) {
      fb_dma_wait(ticket);
      if (slot->step.l3_wait != 0) fb_l3_wait(slot->step.l3_wait);
    }
    fb_barrier();
    if (core == 0) {
      fb_network_step = number + 1;
      ticket = start_transfers(slot, ticket);
    }
    if (slot->step.last) return;
    if (slot->step.kernel != 0) ((kernel_function)slot->step.kernel)(&slot->step.operands);
  }
}

int main(void) {
  fb_parallel(run, 0);
  return 0;
}
