// SPDX-License-Identifier: Apache-2.0
// XCValu and XCVbitmanip against plain C.
#include "check.h"
#include "freebits/intrinsics.h"

static uint32_t arithmetic(uint32_t value, unsigned shift) {
  return (uint32_t)((int32_t)value >> shift);
}
static uint32_t rounding(unsigned shift) { return shift == 0 ? 0 : 1U << (shift - 1); }

static uint32_t clip(uint32_t a, int32_t lower, int32_t upper) {
  const int32_t value = (int32_t)a;
  if (value <= lower) return (uint32_t)lower;
  return value >= upper ? (uint32_t)upper : a;
}

static void test_compare(uint32_t a, uint32_t b) {
  const int32_t sa = (int32_t)a, sb = (int32_t)b;
  CHECK_EQUAL(cv_slet(a, b), sa <= sb);
  CHECK_EQUAL(cv_sletu(a, b), a <= b);
  CHECK_EQUAL(cv_min(a, b), sa < sb ? a : b);
  CHECK_EQUAL(cv_minu(a, b), a < b ? a : b);
  CHECK_EQUAL(cv_max(a, b), sa > sb ? a : b);
  CHECK_EQUAL(cv_maxu(a, b), a > b ? a : b);
  CHECK_EQUAL(cv_abs(a), sa < 0 ? 0 - a : a);
  CHECK_EQUAL(cv_exths(a), (int16_t)a);
  CHECK_EQUAL(cv_exthz(a), (uint16_t)a);
  CHECK_EQUAL(cv_extbs(a), (int8_t)a);
  CHECK_EQUAL(cv_extbz(a), (uint8_t)a);
  CHECK_EQUAL(cv_clip(a, 0), clip(a, -1, 0));
  CHECK_EQUAL(cv_clip(a, 1), clip(a, -1, 0));
  CHECK_EQUAL(cv_clip(a, 8), clip(a, -128, 127));
  CHECK_EQUAL(cv_clip(a, 31), clip(a, -0x40000000, 0x3fffffff));
  CHECK_EQUAL(cv_clipu(a, 1), clip(a, 0, 0));
  CHECK_EQUAL(cv_clipu(a, 9), clip(a, 0, 255));
  if (sb >= 0) {
    CHECK_EQUAL(cv_clipr(a, b), clip(a, ~sb, sb));
    CHECK_EQUAL(cv_clipur(a, b), clip(a, 0, sb));
  }
}

static void test_normalise(uint32_t a, uint32_t b, uint32_t d) {
  CHECK_EQUAL(cv_addn(a, b, 0), a + b);
  CHECK_EQUAL(cv_addn(a, b, 7), arithmetic(a + b, 7));
  CHECK_EQUAL(cv_addun(a, b, 31), (a + b) >> 31);
  CHECK_EQUAL(cv_addrn(a, b, 9), arithmetic(a + b + rounding(9), 9));
  CHECK_EQUAL(cv_addurn(a, b, 1), (a + b + rounding(1)) >> 1);
  CHECK_EQUAL(cv_subn(a, b, 3), arithmetic(a - b, 3));
  CHECK_EQUAL(cv_subun(a, b, 12), (a - b) >> 12);
  CHECK_EQUAL(cv_subrn(a, b, 0), a - b);
  CHECK_EQUAL(cv_suburn(a, b, 17), (a - b + rounding(17)) >> 17);
  const unsigned shift = b & 31;
  CHECK_EQUAL(cv_addnr(d, a, b), arithmetic(d + a, shift));
  CHECK_EQUAL(cv_addunr(d, a, b), (d + a) >> shift);
  CHECK_EQUAL(cv_addrnr(d, a, b), arithmetic(d + a + rounding(shift), shift));
  CHECK_EQUAL(cv_addurnr(d, a, b), (d + a + rounding(shift)) >> shift);
  CHECK_EQUAL(cv_subnr(d, a, b), arithmetic(d - a, shift));
  CHECK_EQUAL(cv_subunr(d, a, b), (d - a) >> shift);
  CHECK_EQUAL(cv_subrnr(d, a, b), arithmetic(d - a + rounding(shift), shift));
  CHECK_EQUAL(cv_suburnr(d, a, b), (d - a + rounding(shift)) >> shift);
}

// A field of `length` (imm1 + 1) bits at `position`, ending at bit 31.
static uint32_t field_mask(unsigned length_minus_1, unsigned position) {
  return (uint32_t)((((uint64_t)1 << (length_minus_1 + 1)) - 1) << position);
}
static uint32_t extractu(uint32_t a, unsigned length_minus_1, unsigned position) {
  return (a & field_mask(length_minus_1, position)) >> position;
}
static uint32_t extract(uint32_t a, unsigned length_minus_1, unsigned position) {
  const unsigned last = length_minus_1 + position > 31 ? 31 : length_minus_1 + position;
  return (uint32_t)((int32_t)(a << (31 - last)) >> (31 - last + position));
}
static uint32_t insert(uint32_t d, uint32_t a, unsigned length_minus_1, unsigned position) {
  const uint32_t mask = field_mask(length_minus_1, position);
  return (d & ~mask) | (a << position & mask);
}

#define TEST_FIELD(length_minus_1, position)                                                      \
  do {                                                                                            \
    CHECK_EQUAL(cv_extract(a, length_minus_1, position), extract(a, length_minus_1, position));   \
    CHECK_EQUAL(cv_extractu(a, length_minus_1, position), extractu(a, length_minus_1, position)); \
    CHECK_EQUAL(cv_insert(d, a, length_minus_1, position),                                        \
                insert(d, a, length_minus_1, position));                                          \
    CHECK_EQUAL(cv_bclr(a, length_minus_1, position), a & ~field_mask(length_minus_1, position)); \
    CHECK_EQUAL(cv_bset(a, length_minus_1, position), a | field_mask(length_minus_1, position));  \
  } while (0)

static void test_fields(uint32_t a, uint32_t d) {
  TEST_FIELD(0, 0);
  TEST_FIELD(0, 31);
  TEST_FIELD(7, 8);
  TEST_FIELD(31, 0);
  TEST_FIELD(15, 20);
  for (unsigned position = 0; position < 32; position += 5) {
    for (unsigned length = 0; length < 32; length += 7) {
      const uint32_t b = length << 5 | position;
      CHECK_EQUAL(cv_extractr(a, b), extract(a, length, position));
      CHECK_EQUAL(cv_extractur(a, b), extractu(a, length, position));
      CHECK_EQUAL(cv_insertr(d, a, b), insert(d, a, length, position));
      CHECK_EQUAL(cv_bclrr(a, b), a & ~field_mask(length, position));
      CHECK_EQUAL(cv_bsetr(a, b), a | field_mask(length, position));
    }
  }
}

static uint32_t find_first(uint32_t a) {
  for (uint32_t i = 0; i < 32; ++i) {
    if (a >> i & 1) return i;
  }
  return 32;
}

static uint32_t find_last(uint32_t a) {
  for (uint32_t i = 32; i-- > 0;) {
    if (a >> i & 1) return i;
  }
  return 32;
}

// Sign bits after the first; 0 of 0.
static uint32_t leading_signs(uint32_t a) {
  if (a == 0) return 0;
  uint32_t count = 0;
  while (count < 31 && (a >> (30 - count) & 1) == a >> 31) ++count;
  return count;
}

static uint32_t count_ones(uint32_t a) {
  uint32_t count = 0;
  for (; a != 0; a >>= 1) count += a & 1;
  return count;
}

// a << dropped with its groups of `bits` in reversed order.
static uint32_t reverse_groups(uint32_t a, unsigned bits, unsigned dropped) {
  const uint32_t value = a << dropped;
  uint32_t result = 0;
  for (unsigned low = 0; low + bits <= 32; low += bits) {
    result |= (value >> low & ((1U << bits) - 1)) << (32 - bits - low);
  }
  return result;
}

static void test_counting(uint32_t a, uint32_t b) {
  CHECK_EQUAL(cv_ff1(a), find_first(a));
  CHECK_EQUAL(cv_fl1(a), find_last(a));
  CHECK_EQUAL(cv_clb(a), leading_signs(a));
  CHECK_EQUAL(cv_cnt(a), count_ones(a));
  CHECK_EQUAL(cv_ror(a, b), (b & 31) == 0 ? a : a >> (b & 31) | a << (32 - (b & 31)));
  CHECK_EQUAL(cv_bitrev(a, 0, 0), reverse_groups(a, 1, 0));
  CHECK_EQUAL(cv_bitrev(a, 0, 31), reverse_groups(a, 1, 31));
  CHECK_EQUAL(cv_bitrev(a, 1, 4), reverse_groups(a, 2, 4));
}

static void test_branches(uint32_t a) {
  int taken = 0;
  __asm__ goto("cv.beqimm %0, -1, %l1" ::"r"(a)::equal);
  goto done;
equal:
  taken = 1;
done:
  CHECK_EQUAL(taken, a == 0xffffffff);
  taken = 1;
  __asm__ goto("cv.bneimm %0, 1, %l1" ::"r"(a)::different);
  taken = 0;
different:
  CHECK_EQUAL(taken, a != 1);
}

int main(void) {
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; ++j) {
      const uint32_t a = check_operand(i), b = check_operand(j);
      test_compare(a, b);
      test_normalise(a, b, check_operand(i ^ j));
      test_counting(a, b);
    }
    test_fields(check_operand(i), check_operand(kOperands - i));
    test_branches(check_operand(i));
  }
  return check_result();
}
