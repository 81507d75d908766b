// SPDX-License-Identifier: Apache-2.0
// Checks of the self-checking programs: a failure prints where and what, and main returns
// check_result().
#pragma once

#include <stdint.h>
#include <stdio.h>

static unsigned check_count, check_failures;

static inline void check_equal(const char* file, int line, const char* what, uint32_t actual,
                               uint32_t expected) {
  ++check_count;
  if (actual == expected || ++check_failures > 20) return;
  printf("%s:%d: %s is 0x%08x, expected 0x%08x\n", file, line, what, (unsigned)actual,
         (unsigned)expected);
}

#define CHECK_EQUAL(actual, expected) \
  check_equal(__FILE_NAME__, __LINE__, #actual, (uint32_t)(actual), (uint32_t)(expected))

static inline int check_result(void) {
  printf("%u checks, %u failures\n", check_count, check_failures);
  return check_failures != 0;
}

/// Operands worth trying: corners of every lane width, then pseudo-random words.
enum { kOperands = 24 };
static inline uint32_t check_operand(unsigned i) {
  static const uint32_t corners[] = {0,          1,          0xffffffff, 0x80000000,
                                     0x7fffffff, 0x80008000, 0x7fff7fff, 0x80808080,
                                     0x7f7f7f7f, 0x88888888, 0x77777777, 0xaaaaaaaa};
  if (i < sizeof corners / sizeof corners[0]) return corners[i];
  return (i + 1) * 0x9e3779b9U ^ i * 0x85ebca6bU;
}
