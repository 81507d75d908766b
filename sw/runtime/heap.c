// SPDX-License-Identifier: Apache-2.0
// First fit in a list of free blocks ordered by address; neighbours are joined when one is freed.
// Every block starts with its size and a mark that tells whether it is free; the mark of the block
// behind it notices who writes past the end.
#include "freebits/heap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kMemories = 3, kAlign = 8, kExitOutOfMemory = 135, kExitHeapMisuse = 136 };
static const uint32_t kFree = 0xf4eeb10c, kUsed = 0x05edb10c;

struct block {
  uint32_t size;  // the header included
  uint32_t mark;
  struct block* next;  // of a free block: the next free one
};
enum { kHeader = offsetof(struct block, next), kLeast = 2 * kAlign };

static struct heap {
  bool ready;
  uintptr_t begin, end;
  struct block* first;
} heaps[kMemories];

static const char* const names[kMemories] = {"L1", "L2", "L3"};

// A cluster's runtime knows more memories, and keeps its cores apart (cluster.c).
extern char __image_end[], __heap_end[] __attribute__((weak));
__attribute__((weak)) void fb_heap_bounds(enum fb_memory memory, uintptr_t* begin, uintptr_t* end) {
  *begin = memory == kFbL2 ? (uintptr_t)__image_end : 0;
  *end = memory == kFbL2 ? (uintptr_t)__heap_end : 0;
}
__attribute__((weak)) void fb_heap_lock(void) {}
__attribute__((weak)) void fb_heap_unlock(void) {}

static struct heap* heap_of(enum fb_memory memory) {
  struct heap* heap = &heaps[memory];
  if (heap->ready) return heap;
  fb_heap_bounds(memory, &heap->begin, &heap->end);
  heap->begin = (heap->begin + kAlign - 1) & ~(uintptr_t)(kAlign - 1);
  heap->end &= ~(uintptr_t)(kAlign - 1);
  heap->first = NULL;
  if (heap->end > heap->begin && heap->end - heap->begin >= kLeast) {
    heap->first = (struct block*)heap->begin;
    *heap->first = (struct block){heap->end - heap->begin, kFree, NULL};
  }
  heap->ready = true;
  return heap;
}

__attribute__((noreturn)) static void misuse(const char* what, const void* block) {
  fb_heap_unlock();
  printf("heap: %s at 0x%08x\n", what, (unsigned)(uintptr_t)block);
  exit(kExitHeapMisuse);
}

static void check_free(const struct block* block) {
  if (block->mark != kFree) misuse("a free block has been overwritten", block);
}

void* fb_try_alloc(enum fb_memory memory, size_t bytes) {
  if (bytes > UINT32_MAX / 2) return NULL;
  uint32_t size = (uint32_t)(bytes + kHeader + kAlign - 1) & ~(uint32_t)(kAlign - 1);
  if (size < kLeast) size = kLeast;
  fb_heap_lock();
  struct block* block = NULL;
  for (struct block** at = &heap_of(memory)->first; *at != NULL; at = &(*at)->next) {
    block = *at;
    check_free(block);
    if (block->size >= size) {
      struct block* rest = block->next;
      if (block->size - size >= kLeast) {
        rest = (struct block*)((uintptr_t)block + size);
        *rest = (struct block){block->size - size, kFree, block->next};
        block->size = size;
      }
      *at = rest;
      block->mark = kUsed;
      break;
    }
    block = NULL;
  }
  fb_heap_unlock();
  return block == NULL ? NULL : (char*)block + kHeader;
}

struct fb_heap_room fb_heap_room(enum fb_memory memory) {
  struct fb_heap_room room = {0, 0};
  fb_heap_lock();
  for (const struct block* b = heap_of(memory)->first; b != NULL; b = b->next) {
    check_free(b);
    room.free += b->size - kHeader;
    if (b->size - kHeader > room.largest) room.largest = b->size - kHeader;
  }
  fb_heap_unlock();
  return room;
}

void* fb_alloc(enum fb_memory memory, size_t bytes) {
  void* block = fb_try_alloc(memory, bytes);
  if (block != NULL) return block;
  const struct fb_heap_room room = fb_heap_room(memory);
  printf("out of %s: %u bytes asked for, %u free, %u of them in one piece\n", names[memory],
         (unsigned)bytes, (unsigned)room.free, (unsigned)room.largest);
  exit(kExitOutOfMemory);
}

// The block joined with the one behind it, if that one is free too.
static void join(struct block* block) {
  struct block* next = block->next;
  if (next == NULL || (uintptr_t)block + block->size != (uintptr_t)next) return;
  check_free(next);
  block->size += next->size;
  block->next = next->next;
  next->mark = 0;
}

static struct heap* heap_around(uintptr_t address) {
  for (unsigned i = 0; i < kMemories; ++i) {
    if (heaps[i].ready && address >= heaps[i].begin && address < heaps[i].end) return &heaps[i];
  }
  return NULL;
}

// Whoever writes past the end of a block overwrites the mark behind it.
static void check_neighbour(const struct heap* heap, const struct block* block) {
  const uintptr_t behind = (uintptr_t)block + block->size;
  if (block->size < kLeast || behind > heap->end) misuse("the head of a block is gone", block);
  if (behind == heap->end) return;
  const uint32_t mark = ((const struct block*)behind)->mark;
  if (mark != kFree && mark != kUsed) misuse("written past the end of the block", block);
}

void fb_free(void* pointer) {
  if (pointer == NULL) return;
  struct block* block = (struct block*)((char*)pointer - kHeader);
  fb_heap_lock();
  struct heap* heap = heap_around((uintptr_t)block);
  if (heap == NULL || (uintptr_t)pointer % kAlign != 0) misuse("freed what is no block", pointer);
  if (block->mark == kFree) misuse("freed twice", pointer);
  if (block->mark != kUsed) misuse("freed what is no block", pointer);
  check_neighbour(heap, block);
  struct block *before = NULL, *after = heap->first;
  for (; after != NULL && after < block; after = after->next) before = after;
  block->mark = kFree;
  block->next = after;
  join(block);
  if (before == NULL) {
    heap->first = block;
  } else {
    before->next = block;
    join(before);
  }
  fb_heap_unlock();
}

void* malloc(size_t bytes) { return fb_try_alloc(kFbL2, bytes); }
void free(void* block) { fb_free(block); }

void* calloc(size_t count, size_t bytes) {
  if (bytes != 0 && count > SIZE_MAX / bytes) return NULL;
  void* block = malloc(count * bytes);
  if (block != NULL) memset(block, 0, count * bytes);
  return block;
}

void* realloc(void* old, size_t bytes) {
  if (old == NULL) return malloc(bytes);
  const size_t had = ((struct block*)((char*)old - kHeader))->size - kHeader;
  if (bytes <= had) return old;
  void* block = malloc(bytes);
  if (block == NULL) return NULL;
  memcpy(block, old, had);
  free(old);
  return block;
}
