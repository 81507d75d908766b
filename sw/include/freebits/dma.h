// SPDX-License-Identifier: Apache-2.0
// The cluster's DMA (L1 to L2 or L3 and back, docs/units/dma.md) and the L3 DMA (L3 to L2 and back,
// docs/units/memory.md): the same registers, a view for each core. Transfers run in the background,
// in the order they were started.
#pragma once

#include <stdint.h>

#include "freebits/event.h"

#define FB_L3_DMA_BASE FB_OUTSIDE_IO_BASE

/// Rows of `bytes` bytes; strides in bytes from row to row.
struct fb_transfer {
  void* to;
  const void* from;
  uint32_t bytes;
  uint32_t rows;
  int32_t to_stride, from_stride;
};

/// Starts a transfer at the DMA at `base` (FB_DMA_BASE, FB_L3_DMA_BASE); its ticket.
static inline uint32_t fb_dma_start(uint32_t base, const struct fb_transfer* t) {
  __asm__ volatile("" ::: "memory");
  FB_REGISTER(base + FB_DMA_SOURCE) = (uint32_t)(uintptr_t)t->from;
  FB_REGISTER(base + FB_DMA_DESTINATION) = (uint32_t)(uintptr_t)t->to;
  FB_REGISTER(base + FB_DMA_BYTES) = t->bytes;
  FB_REGISTER(base + FB_DMA_ROWS) = t->rows;
  FB_REGISTER(base + FB_DMA_SOURCE_STRIDE) = (uint32_t)t->from_stride;
  FB_REGISTER(base + FB_DMA_DESTINATION_STRIDE) = (uint32_t)t->to_stride;
  return FB_REGISTER(base + FB_DMA_START);
}

/// Copies `bytes` bytes in the background; the ticket. Overlapping copies are undefined, as with
/// memcpy.
static inline uint32_t fb_dma_copy(void* to, const void* from, uint32_t bytes) {
  const struct fb_transfer t = {to, from, bytes, 1, 0, 0};
  return fb_dma_start(FB_DMA_BASE, &t);
}
static inline uint32_t fb_l3_copy(void* to, const void* from, uint32_t bytes) {
  const struct fb_transfer t = {to, from, bytes, 1, 0, 0};
  return fb_dma_start(FB_L3_DMA_BASE, &t);
}

/// Sleeps until the transfer with this ticket of this core is complete.
static inline void fb_dma_wait(uint32_t ticket) {
  while ((int32_t)(FB_REGISTER(FB_DMA_BASE + FB_DMA_DONE) - ticket) < 0) {
    fb_event_wait(1U << FB_EVENT_DMA);
  }
  __asm__ volatile("" ::: "memory");
}
static inline void fb_l3_wait(uint32_t ticket) {
  while ((int32_t)(FB_REGISTER(FB_L3_DMA_BASE + FB_DMA_DONE) - ticket) < 0) {
    fb_event_wait(1U << FB_EVENT_OUTSIDE);
  }
  __asm__ volatile("" ::: "memory");
}
