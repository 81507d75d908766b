// SPDX-License-Identifier: Apache-2.0
// Byte-wise string work on a text of words: length, copy, compare, search, reverse every word,
// count distinct words.
#include <string.h>

#include "benchmark.h"

enum { kLength = 1024, kMaxWords = 256 };

static char text[kLength + 1], copy[kLength + 1];
static const char* words[kMaxWords];

static void prepare(void) {
  uint32_t state = 6;
  for (int i = 0; i < kLength; ++i) {
    const uint32_t r = benchmark_random(&state) >> 24;
    text[i] = r < 60 ? ' ' : (char)('a' + r % 3);
  }
  text[kLength] = '\0';
}

static const char* find(const char* haystack, const char* needle) {
  const size_t length = strlen(needle);
  for (; *haystack != '\0'; ++haystack) {
    if (strncmp(haystack, needle, length) == 0) return haystack;
  }
  return 0;
}

static void reverse(char* first, char* last) {
  for (; first < last; ++first, --last) {
    const char swapped = *first;
    *first = *last;
    *last = swapped;
  }
}

// Reverses every word in place and ends it with a zero byte; their number.
static uint32_t split(char* from) {
  uint32_t count = 0;
  while (*from != '\0' && count < kMaxWords) {
    while (*from == ' ') ++from;
    char* first = from;
    while (*from != ' ' && *from != '\0') ++from;
    if (from == first) break;
    const char end = *from;
    *from = '\0';
    reverse(first, from - 1);
    words[count++] = first;
    if (end != '\0') ++from;
  }
  return count;
}

static uint32_t run(void) {
  strcpy(copy, text);
  uint32_t hash = (uint32_t)strlen(copy);
  const char* found = find(copy, "abcabc");
  hash = hash * 31 + (found ? (uint32_t)(found - copy) : kLength);
  const uint32_t count = split(copy);
  uint32_t distinct = 0;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t j = 0;
    while (j < i && strcmp(words[i], words[j]) != 0) ++j;
    distinct += i == j;
  }
  hash = (hash * 31 + count) * 31 + distinct;
  for (uint32_t i = 0; i < count; ++i) {
    for (const char* c = words[i]; *c != '\0'; ++c) hash = hash * 31 + (uint8_t)*c;
  }
  return hash;
}

const struct benchmark benchmark = {"strings", prepare, run, 0x946b4c8e};
