// SPDX-License-Identifier: Apache-2.0
// Heaps in L1, L2 and L3: what the program's own data, and in L1 the stacks, leave free. From any
// core. A program for one core has L2 only. malloc() and free() of <stdlib.h> are fb_try_alloc() in
// L2 and fb_free().
#pragma once

#include <stddef.h>

enum fb_memory { kFbL1, kFbL2, kFbL3 };

/// `bytes` at a multiple of 8, their contents undefined. Ends the program with a message and exit
/// code 135 if there are not as many in one piece.
void* fb_alloc(enum fb_memory memory, size_t bytes);

/// The same, but null if there are not as many.
void* fb_try_alloc(enum fb_memory memory, size_t bytes);

/// Gives a block of any memory back; null is allowed. An address that is not a block's, a block
/// given back twice or one whose borders have been overwritten ends the program with a message and
/// exit code 136.
void fb_free(void* block);

struct fb_heap_room {
  size_t free;     // bytes
  size_t largest;  // that fb_alloc() would give in one piece
};
struct fb_heap_room fb_heap_room(enum fb_memory memory);
