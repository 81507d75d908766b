// SPDX-License-Identifier: Apache-2.0
// A scanner: a state machine splits 2 KiB of text into identifiers, numbers (decimal, hexadecimal,
// with a fraction), blanks and symbols and counts them.
#include "benchmark.h"

enum { kLength = 2048 };

enum state { kBlank, kIdentifier, kZero, kDecimal, kHexadecimal, kFraction, kSymbol, kStates };

static char text[kLength + 1];

static void prepare(void) {
  static const char alphabet[] = "  ab0x1f.7+_z ;9";
  uint32_t state = 5;
  for (int i = 0; i < kLength; ++i) text[i] = alphabet[benchmark_random(&state) >> 28];
  text[kLength] = '\0';
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
static int is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

static enum state start(char c) {
  if (c == ' ') return kBlank;
  if (c == '0') return kZero;
  if (is_digit(c)) return kDecimal;
  return is_letter(c) ? kIdentifier : kSymbol;
}

static enum state next(enum state state, char c) {
  switch (state) {
    case kIdentifier:
      return is_letter(c) || is_digit(c) ? kIdentifier : start(c);
    case kZero:
      if (c == 'x') return kHexadecimal;
      if (c == '.') return kFraction;
      return is_digit(c) ? kDecimal : start(c);
    case kDecimal:
      if (c == '.') return kFraction;
      return is_digit(c) ? kDecimal : start(c);
    case kHexadecimal:
      return is_hexadecimal(c) ? kHexadecimal : start(c);
    case kFraction:
      return is_digit(c) ? kFraction : start(c);
    default:
      return start(c);
  }
}

static uint32_t run(void) {
  uint32_t entered[kStates] = {0};
  uint32_t hash = 0;
  enum state state = kBlank;
  for (const char* c = text; *c != '\0'; ++c) {
    const enum state following = next(state, *c);
    if (following != state) ++entered[following];
    hash = hash * 31 + following;
    state = following;
  }
  for (int i = 0; i < kStates; ++i) hash = hash * 31 + entered[i];
  return hash;
}

const struct benchmark benchmark = {"state_machine", prepare, run, 0x8fbd2464};
