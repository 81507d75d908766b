// SPDX-License-Identifier: Apache-2.0
// XCVmac against plain C: 32-bit multiply-accumulate, 16-bit products with shift and rounding.
#include "check.h"
#include "freebits/intrinsics.h"

static uint32_t low_u(uint32_t a) { return (uint16_t)a; }
static uint32_t high_u(uint32_t a) { return a >> 16; }
static uint32_t low_s(uint32_t a) { return (uint32_t)(int32_t)(int16_t)a; }
static uint32_t high_s(uint32_t a) { return (uint32_t)((int32_t)a >> 16); }
static uint32_t logical(uint32_t value, unsigned shift) { return value >> shift; }
static uint32_t arithmetic(uint32_t value, unsigned shift) {
  return (uint32_t)((int32_t)value >> shift);
}

// A family: unrounded and rounded product, and both added to d first.
#define TEST_FAMILY(mul, mulr, mac, macr, half, shift_of, n)            \
  do {                                                                  \
    const uint32_t product = half(a) * half(b);                         \
    const uint32_t rounding = (n) == 0 ? 0 : (1U << (n)) >> 1;          \
    CHECK_EQUAL(mul(a, b, n), shift_of(product, n));                    \
    CHECK_EQUAL(mulr(a, b, n), shift_of(product + rounding, n));        \
    CHECK_EQUAL(mac(d, a, b, n), shift_of(product + d, n));             \
    CHECK_EQUAL(macr(d, a, b, n), shift_of(product + d + rounding, n)); \
  } while (0)
#define TEST_SHIFTS(...)          \
  do {                            \
    TEST_FAMILY(__VA_ARGS__, 0);  \
    TEST_FAMILY(__VA_ARGS__, 1);  \
    TEST_FAMILY(__VA_ARGS__, 15); \
    TEST_FAMILY(__VA_ARGS__, 31); \
  } while (0)

static void test(uint32_t a, uint32_t b, uint32_t d) {
  CHECK_EQUAL(cv_mac(d, a, b), d + a * b);
  CHECK_EQUAL(cv_msu(d, a, b), d - a * b);
  TEST_SHIFTS(cv_mulun, cv_mulurn, cv_macun, cv_macurn, low_u, logical);
  TEST_SHIFTS(cv_mulhhun, cv_mulhhurn, cv_machhun, cv_machhurn, high_u, logical);
  TEST_SHIFTS(cv_mulsn, cv_mulsrn, cv_macsn, cv_macsrn, low_s, arithmetic);
  TEST_SHIFTS(cv_mulhhsn, cv_mulhhsrn, cv_machhsn, cv_machhsrn, high_s, arithmetic);
}

int main(void) {
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; ++j)
      test(check_operand(i), check_operand(j), check_operand(i + j));
  }
  return check_result();
}
