// SPDX-License-Identifier: Apache-2.0
// The part of <stdlib.h> that bare-metal programs use (sw/runtime/stdio.c).
#pragma once

#include <stddef.h>

/// Flushes the console and ends the program with `code`.
void exit(int code) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));

/// The heap in L2 (freebits/heap.h); null if there is no room.
void* malloc(size_t bytes);
void* calloc(size_t count, size_t bytes);
void* realloc(void* block, size_t bytes);
void free(void* block);

static inline int abs(int value) { return value < 0 ? -value : value; }
