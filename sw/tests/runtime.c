// SPDX-License-Identifier: Apache-2.0
// The runtime itself: formatted output, strings, 64-bit division, initialised and zeroed data, the
// stack guard.
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "freebits/isa_numbers.h"
#include "freebits/trap.h"

static int initialised = 42;
static int zeroed[100];

#define CHECK_TEXT(expected, ...)                                              \
  do {                                                                         \
    char text_[64];                                                            \
    CHECK_EQUAL(snprintf(text_, sizeof text_, __VA_ARGS__), strlen(expected)); \
    CHECK_EQUAL(strcmp(text_, expected), 0);                                   \
  } while (0)

static void test_printf(void) {
  CHECK_TEXT("-5 7 ff FF %", "%d %u %x %X %%", -5, 7U, 255U, 255U);
  CHECK_TEXT("[   42] [42   ] [00042]", "[%5d] [%-5d] [%05d]", 42, 42, 42);
  CHECK_TEXT("-2147483648 -0042", "%d %05d", -2147483647 - 1, -42);
  CHECK_TEXT("a bc [de]", "%c %s [%.2s]", 'a', "bc", "def");
  CHECK_TEXT("18446744073709551615 -9223372036854775808", "%llu %lld", ~0ULL,
             -9223372036854775807LL - 1);
  CHECK_TEXT("0x80000000", "%p", (void*)0x80000000);
  char small[4];
  CHECK_EQUAL(snprintf(small, sizeof small, "abcdef"), 6);
  CHECK_EQUAL(strcmp(small, "abc"), 0);
}

static void test_strings(void) {
  char buffer[64];
  for (unsigned to = 0; to < 5; ++to) {
    for (unsigned from = 0; from < 5; ++from) {
      for (unsigned size = 0; size < 24; size += 1 + size / 8) {
        for (unsigned i = 0; i < sizeof buffer; ++i) buffer[i] = (char)i;
        memmove(buffer + 20 + to, buffer + 20 + from, size);
        unsigned wrong = 0;
        for (unsigned i = 0; i < sizeof buffer; ++i) {
          const unsigned k = i - 20 - to;
          wrong += buffer[i] != (char)(k < size ? 20 + from + k : i);
        }
        CHECK_EQUAL(wrong, 0);
      }
    }
  }
  memset(buffer, 0xa5, 33);
  CHECK_EQUAL(buffer[0], 0xa5);
  CHECK_EQUAL(buffer[32], 0xa5);
  CHECK_EQUAL(buffer[33], 33);
  CHECK_EQUAL(memcmp("abc", "abd", 3) < 0, 1);
  CHECK_EQUAL(memcmp("abc", "abd", 2), 0);
  CHECK_EQUAL(strncmp("abc", "abd", 2), 0);
  CHECK_EQUAL(strcmp("ab", "abc") < 0, 1);
  const char* const word = "word";
  CHECK_EQUAL(strchr(word, 'r'), word + 2);
  CHECK_EQUAL(strchr(word, 'x'), 0);
  CHECK_EQUAL(strcmp(strncpy(buffer, "xy", 5), "xy"), 0);
}

static void test_division(void) {
  volatile int64_t a = -1000000000007, b = 12345;
  CHECK_EQUAL(a / b, -81004455);
  CHECK_EQUAL(a % b, -3032);
  volatile uint64_t c = ~UINT64_C(0), d = 10;
  CHECK_EQUAL((c / d) >> 32, 0x19999999);
  CHECK_EQUAL(c % d, 5);
}

static uint32_t faulting_address;

static void leave(struct fb_trap_frame* frame) {
  CHECK_EQUAL(frame->cause, CAUSE_STOREFAULT);
  faulting_address = frame->value;
  frame->x[1] = frame->x[4];  // sp = t0, where the caller kept it
  frame->pc += fb_insn_length(frame->pc);
}

// A stack that grows out of RAM is caught by the access fault of its first store.
static void test_stack_guard(void) {
  extern char __stack_guard[];
  fb_set_trap_handler(leave);
  __asm__ volatile("mv t0, sp\n mv sp, %0\n sw zero, -4(sp)\n mv sp, t0" ::"r"(__stack_guard)
                   : "t0", "memory");
  fb_set_trap_handler(0);
  CHECK_EQUAL(faulting_address, (uintptr_t)__stack_guard - 4);
}

int main(void) {
  CHECK_EQUAL(initialised, 42);
  for (unsigned i = 0; i < 100; ++i) CHECK_EQUAL(zeroed[i], 0);
  CHECK_EQUAL(abs(-3), 3);
  test_printf();
  test_strings();
  test_division();
  test_stack_guard();
  return check_result();
}
