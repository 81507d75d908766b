// SPDX-License-Identifier: Apache-2.0
// Level xpulpnn: every 4- and 2-bit instruction against plain C.
#include "check.h"
#include "freebits/intrinsics.h"
#include "lanes.h"

#define TEST_LANES(name)                                                          \
  CHECK_EQUAL(fb_##name##_n(a, b), lanes(lane_##name, a, b, 4));                  \
  CHECK_EQUAL(fb_##name##_c(a, b), lanes(lane_##name, a, b, 2));                  \
  CHECK_EQUAL(fb_##name##_sc_n(a, b), lanes(lane_##name, a, replicate(b, 4), 4)); \
  CHECK_EQUAL(fb_##name##_sc_c(a, b), lanes(lane_##name, a, replicate(b, 2), 2));

#define TEST_DOT(name, signs)                                                        \
  CHECK_EQUAL(fb_dot##name##_n(a, b), dot(a, b, 4, signs));                          \
  CHECK_EQUAL(fb_dot##name##_c(a, b), dot(a, b, 2, signs));                          \
  CHECK_EQUAL(fb_dot##name##_sc_n(a, b), dot(a, replicate(b, 4), 4, signs));         \
  CHECK_EQUAL(fb_dot##name##_sc_c(a, b), dot(a, replicate(b, 2), 2, signs));         \
  CHECK_EQUAL(fb_sdot##name##_n(c, a, b), c + dot(a, b, 4, signs));                  \
  CHECK_EQUAL(fb_sdot##name##_c(c, a, b), c + dot(a, b, 2, signs));                  \
  CHECK_EQUAL(fb_sdot##name##_sc_n(c, a, b), c + dot(a, replicate(b, 4), 4, signs)); \
  CHECK_EQUAL(fb_sdot##name##_sc_c(c, a, b), c + dot(a, replicate(b, 2), 2, signs));

static void test(uint32_t a, uint32_t b, uint32_t c) {
  TEST_LANES(add)
  TEST_LANES(sub)
  TEST_LANES(avg)
  TEST_LANES(avgu)
  TEST_LANES(min)
  TEST_LANES(minu)
  TEST_LANES(max)
  TEST_LANES(maxu)
  TEST_LANES(srl)
  TEST_LANES(sra)
  TEST_LANES(sll)
  CHECK_EQUAL(fb_abs_n(a), lanes(lane_abs, a, 0, 4));
  CHECK_EQUAL(fb_abs_c(a), lanes(lane_abs, a, 0, 2));
  TEST_DOT(up, kUp)
  TEST_DOT(usp, kUsp)
  TEST_DOT(sp, kSp)
}

int main(void) {
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; j += 2)
      test(check_operand(i), check_operand(j + (i & 1)), check_operand(i + j));
  }
  return check_result();
}
