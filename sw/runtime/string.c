// SPDX-License-Identifier: Apache-2.0
#include <stdint.h>
#include <string.h>

// Word copies when both sides are aligned alike, bytes at the edges.
void* memcpy(void* restrict to, const void* restrict from, size_t count) {
  char* d = to;
  const char* s = from;
  if ((((uintptr_t)d ^ (uintptr_t)s) & 3) == 0) {
    for (; count > 0 && ((uintptr_t)d & 3) != 0; --count) *d++ = *s++;
    for (; count >= 16; count -= 16, d += 16, s += 16) {
      const uint32_t* from_words = (const uint32_t*)s;
      uint32_t* to_words = (uint32_t*)d;
      const uint32_t w0 = from_words[0], w1 = from_words[1], w2 = from_words[2], w3 = from_words[3];
      to_words[0] = w0;
      to_words[1] = w1;
      to_words[2] = w2;
      to_words[3] = w3;
    }
    for (; count >= 4; count -= 4, d += 4, s += 4) *(uint32_t*)d = *(const uint32_t*)s;
  }
  for (; count > 0; --count) *d++ = *s++;
  return to;
}

void* memmove(void* to, const void* from, size_t count) {
  char* d = to;
  const char* s = from;
  if ((uintptr_t)d - (uintptr_t)s >= count) return memcpy(to, from, count);
  while (count-- > 0) d[count] = s[count];
  return to;
}

void* memset(void* to, int value, size_t count) {
  char* d = to;
  const uint32_t word = (uint8_t)value * 0x01010101U;
  for (; count > 0 && ((uintptr_t)d & 3) != 0; --count) *d++ = (char)value;
  for (; count >= 4; count -= 4, d += 4) *(uint32_t*)d = word;
  for (; count > 0; --count) *d++ = (char)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t count) {
  const uint8_t* x = a;
  const uint8_t* y = b;
  for (; count > 0; --count, ++x, ++y) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}

size_t strlen(const char* text) {
  const char* end = text;
  while (*end != '\0') ++end;
  return (size_t)(end - text);
}

int strcmp(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char* a, const char* b, size_t count) {
  for (; count > 0 && *a != '\0' && *a == *b; --count) ++a, ++b;
  return count == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

char* strcpy(char* restrict to, const char* restrict from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char* strncpy(char* restrict to, const char* restrict from, size_t count) {
  size_t i = 0;
  for (; i < count && from[i] != '\0'; ++i) to[i] = from[i];
  for (; i < count; ++i) to[i] = '\0';
  return to;
}

char* strchr(const char* text, int character) {
  for (;; ++text) {
    if (*text == (char)character) return (char*)(uintptr_t)text;
    if (*text == '\0') return NULL;
  }
}
