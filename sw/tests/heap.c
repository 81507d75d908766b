// SPDX-License-Identifier: Apache-2.0
// The heap of a program for one core: blocks do not overlap, come back whole, and are aligned.
#include "freebits/heap.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define CHECK(condition) CHECK_EQUAL(!(condition), 0)

enum { kBlocks = 24 };

static uint32_t state = 1;
static uint32_t next_random(void) { return (state = state * 1664525 + 1013904223) >> 8; }

static struct {
  uint8_t* at;
  size_t bytes;
} blocks[kBlocks];

static int holds(unsigned i) {
  for (size_t k = 0; k < blocks[i].bytes; ++k) {
    if (blocks[i].at[k] != (uint8_t)(i + k)) return 0;
  }
  return 1;
}

static void allocate(unsigned i) {
  blocks[i].bytes = next_random() % 300;
  blocks[i].at = malloc(blocks[i].bytes);
  CHECK(blocks[i].at != NULL);
  CHECK_EQUAL((uintptr_t)blocks[i].at % 8, 0);
  for (size_t k = 0; k < blocks[i].bytes; ++k) blocks[i].at[k] = (uint8_t)(i + k);
}

static void release(unsigned i) {
  CHECK(holds(i));
  free(blocks[i].at);
  blocks[i].at = NULL;
}

int main(void) {
  const struct fb_heap_room before = fb_heap_room(kFbL2);
  CHECK(before.free > 256 * 1024);
  CHECK_EQUAL(before.free, before.largest);
  for (unsigned round = 0; round < 400; ++round) {
    const unsigned i = next_random() % kBlocks;
    if (blocks[i].at == NULL) {
      allocate(i);
    } else {
      release(i);
    }
  }
  for (unsigned i = 0; i < kBlocks; ++i) {
    if (blocks[i].at != NULL) release(i);
  }
  const struct fb_heap_room after = fb_heap_room(kFbL2);
  CHECK_EQUAL(after.largest, before.largest);

  CHECK(malloc(before.largest + 1) == NULL);
  CHECK(malloc(0xffffffffu) == NULL);
  void* all = malloc(before.largest);
  CHECK(all != NULL);
  CHECK(malloc(1) == NULL);
  CHECK_EQUAL(fb_heap_room(kFbL2).free, 0);
  free(all);
  free(NULL);
  CHECK(fb_try_alloc(kFbL1, 8) == NULL);  // one core has L2 alone

  uint8_t* zeros = calloc(5, 7);
  for (unsigned i = 0; i < 35; ++i) CHECK_EQUAL(zeros[i], 0);
  memset(zeros, 0x5a, 35);
  zeros = realloc(zeros, 100);
  for (unsigned i = 0; i < 35; ++i) CHECK_EQUAL(zeros[i], 0x5a);
  CHECK(calloc(0x10000, 0x10001) == NULL);
  return check_result();
}
