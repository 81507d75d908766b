// SPDX-License-Identifier: Apache-2.0
// All cores take blocks of L1, L2 and L3 and give them back, at random and at once; nobody finds
// another's bytes in his.
#include <stdio.h>
#include <stdlib.h>

#include "freebits/cluster.h"
#include "freebits/heap.h"

extern char STACK_SIZE[];  // of a core, as its address (cluster.ld)

enum { kBlocks = 6, kRounds = 60 };

FB_L1 static volatile uint32_t failures;

struct held {
  uint8_t* at;
  uint32_t bytes;
};

static void fail(const char* what) {
  printf("core %u: %s\n", fb_core(), what);
  failures = failures + 1;
}

static void take_and_give(void* memory) {
  const enum fb_memory where = *(enum fb_memory*)memory;
  struct held held[kBlocks] = {0};
  uint32_t random = fb_core() * 77 + 1;
  for (uint32_t round = 0; round < kRounds + kBlocks; ++round) {
    random = random * 1664525 + 1013904223;
    struct held* const h = &held[round < kRounds ? (random >> 8) % kBlocks : round - kRounds];
    if (h->at != NULL) {
      for (uint32_t i = 0; i < h->bytes; ++i) {
        if (h->at[i] != (uint8_t)(fb_core() + i)) fail("a block has changed");
      }
      fb_free(h->at);
      h->at = NULL;
    } else if (round < kRounds) {
      h->bytes = (random >> 16) % 64;
      h->at = fb_alloc(where, h->bytes);
      for (uint32_t i = 0; i < h->bytes; ++i) h->at[i] = (uint8_t)(fb_core() + i);
    }
  }
}

int main(void) {
  for (enum fb_memory memory = kFbL1; memory <= kFbL3; ++memory) {
    const struct fb_heap_room before = fb_heap_room(memory);
    if (before.free == 0 || before.free != before.largest) fail("the heap is not whole at first");
    fb_parallel(take_and_give, &memory);
    if (fb_heap_room(memory).largest != before.largest) fail("the heap is not whole again");
  }
  // L1: nothing between the heap and the stacks, nothing between the data and the heap.
  const uint32_t l1 = FB_REGISTER(FB_CONTROL_BASE + FB_CONTROL_L1_BYTES);
  const size_t room = fb_heap_room(kFbL1).largest;
  const size_t stacks = fb_cores() * (uintptr_t)STACK_SIZE;
  if (room + stacks + 512 < l1 || room + stacks >= l1) {
    fail("L1 is not used to its end");
  }
  return failures == 0 ? 0 : 1;
}
