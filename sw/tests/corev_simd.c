// SPDX-License-Identifier: Apache-2.0
// Every XCVsimd instruction of lane-wise and dot-product kind against plain C.
#include "check.h"
#include "freebits/intrinsics.h"
#include "lanes.h"

// The forms of a lane operation; the three immediates are tried in the .sci form.
#define TEST_FORMS(name, op, i1, i2, i3)                                                    \
  static void test_##name(uint32_t a, uint32_t b) {                                         \
    CHECK_EQUAL(cv_##name##_h(a, b), lanes(op, a, b, 16));                                  \
    CHECK_EQUAL(cv_##name##_b(a, b), lanes(op, a, b, 8));                                   \
    CHECK_EQUAL(cv_##name##_sc_h(a, b), lanes(op, a, replicate(b, 16), 16));                \
    CHECK_EQUAL(cv_##name##_sc_b(a, b), lanes(op, a, replicate(b, 8), 8));                  \
    CHECK_EQUAL(cv_##name##_sci_h(a, i1), lanes(op, a, replicate((uint32_t)(i1), 16), 16)); \
    CHECK_EQUAL(cv_##name##_sci_h(a, i2), lanes(op, a, replicate((uint32_t)(i2), 16), 16)); \
    CHECK_EQUAL(cv_##name##_sci_b(a, i2), lanes(op, a, replicate((uint32_t)(i2), 8), 8));   \
    CHECK_EQUAL(cv_##name##_sci_b(a, i3), lanes(op, a, replicate((uint32_t)(i3), 8), 8));   \
  }
#define TEST_SIGNED(name) TEST_FORMS(name, lane_##name, -32, -5, 31)
#define TEST_UNSIGNED(name) TEST_FORMS(name, lane_##name, 63, 38, 0)
#define TEST_SHIFT(name) TEST_FORMS(name, lane_##name, 15, 7, 3)

#define EACH_SIGNED(apply)                                                               \
  apply(add) apply(sub) apply(avg) apply(min) apply(max) apply(or) apply(xor) apply(and) \
      apply(cmpeq) apply(cmpne) apply(cmpgt) apply(cmpge) apply(cmplt) apply(cmple)
#define EACH_UNSIGNED(apply) \
  apply(avgu) apply(minu) apply(maxu) apply(cmpgtu) apply(cmpgeu) apply(cmpltu) apply(cmpleu)
#define EACH_SHIFT(apply) apply(srl) apply(sra) apply(sll)

EACH_SIGNED(TEST_SIGNED)
EACH_UNSIGNED(TEST_UNSIGNED)
EACH_SHIFT(TEST_SHIFT)

// Dot products, plain and accumulating on c.
#define TEST_DOT(suffix, signs, i1, i2)                                                           \
  static void test_dot##suffix(uint32_t a, uint32_t b, uint32_t c) {                              \
    CHECK_EQUAL(cv_dot##suffix##_h(a, b), dot(a, b, 16, signs));                                  \
    CHECK_EQUAL(cv_dot##suffix##_b(a, b), dot(a, b, 8, signs));                                   \
    CHECK_EQUAL(cv_dot##suffix##_sc_h(a, b), dot(a, replicate(b, 16), 16, signs));                \
    CHECK_EQUAL(cv_dot##suffix##_sc_b(a, b), dot(a, replicate(b, 8), 8, signs));                  \
    CHECK_EQUAL(cv_dot##suffix##_sci_h(a, i1), dot(a, replicate((uint32_t)(i1), 16), 16, signs)); \
    CHECK_EQUAL(cv_dot##suffix##_sci_b(a, i2), dot(a, replicate((uint32_t)(i2), 8), 8, signs));   \
    CHECK_EQUAL(cv_sdot##suffix##_h(c, a, b), c + dot(a, b, 16, signs));                          \
    CHECK_EQUAL(cv_sdot##suffix##_b(c, a, b), c + dot(a, b, 8, signs));                           \
    CHECK_EQUAL(cv_sdot##suffix##_sc_h(c, a, b), c + dot(a, replicate(b, 16), 16, signs));        \
    CHECK_EQUAL(cv_sdot##suffix##_sc_b(c, a, b), c + dot(a, replicate(b, 8), 8, signs));          \
    CHECK_EQUAL(cv_sdot##suffix##_sci_h(c, a, i2),                                                \
                c + dot(a, replicate((uint32_t)(i2), 16), 16, signs));                            \
    CHECK_EQUAL(cv_sdot##suffix##_sci_b(c, a, i1),                                                \
                c + dot(a, replicate((uint32_t)(i1), 8), 8, signs));                              \
  }
TEST_DOT(up, kUp, 63, 33)
TEST_DOT(usp, kUsp, -32, 31)
TEST_DOT(sp, kSp, -32, 31)

#define RUN(name) test_##name(a, b);

int main(void) {
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; j += 1 + (i & 1)) {
      const uint32_t a = check_operand(i), b = check_operand(j), c = check_operand(i + j);
      EACH_SIGNED(RUN)
      EACH_UNSIGNED(RUN)
      EACH_SHIFT(RUN)
      test_dotup(a, b, c);
      test_dotusp(a, b, c);
      test_dotsp(a, b, c);
    }
    const uint32_t a = check_operand(i);
    CHECK_EQUAL(cv_abs_h(a), lanes(lane_abs, a, 0, 16));
    CHECK_EQUAL(cv_abs_b(a), lanes(lane_abs, a, 0, 8));
  }
  return check_result();
}
