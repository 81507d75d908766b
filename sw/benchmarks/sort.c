// SPDX-License-Identifier: Apache-2.0
// Sorts 512 words: quicksort with a middle pivot, insertion sort below 8.
#include "benchmark.h"

enum { kCount = 512, kSmall = 8 };

static int32_t values[kCount];

static void prepare(void) {
  uint32_t state = 1;
  for (int i = 0; i < kCount; ++i) values[i] = (int32_t)benchmark_random(&state);
}

static void insertion_sort(int32_t* first, int32_t* last) {
  for (int32_t* next = first + 1; next <= last; ++next) {
    const int32_t value = *next;
    int32_t* hole = next;
    for (; hole > first && hole[-1] > value; --hole) *hole = hole[-1];
    *hole = value;
  }
}

static void quicksort(int32_t* first, int32_t* last) {
  while (last - first >= kSmall) {
    const int32_t pivot = first[(last - first) / 2];
    int32_t* low = first;
    int32_t* high = last;
    while (low <= high) {
      while (*low < pivot) ++low;
      while (*high > pivot) --high;
      if (low <= high) {
        const int32_t swapped = *low;
        *low++ = *high;
        *high-- = swapped;
      }
    }
    if (high - first < last - low) {  // recurse into the smaller part
      quicksort(first, high);
      first = low;
    } else {
      quicksort(low, last);
      last = high;
    }
  }
  insertion_sort(first, last);
}

static uint32_t run(void) {
  quicksort(values, values + kCount - 1);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < kCount; ++i) {
    if (i > 0 && values[i - 1] > values[i]) return 0;
    sum += (i + 1) * (uint32_t)values[i];
  }
  return sum;
}

const struct benchmark benchmark = {"sort", prepare, run, 0x2dc8e74d};
