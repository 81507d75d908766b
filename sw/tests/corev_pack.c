// SPDX-License-Identifier: Apache-2.0
// XCVsimd: lane extract and insert, shuffles, packs, complex arithmetic, against plain C.
#include "check.h"
#include "freebits/intrinsics.h"
#include "lanes.h"

static uint32_t with_lane(uint32_t vector, unsigned i, uint32_t value, unsigned w) {
  const uint32_t mask = ((1U << w) - 1) << (i * w);
  return (vector & ~mask) | (value << (i * w) & mask);
}

static void test_extract_insert(uint32_t a, uint32_t d) {
  CHECK_EQUAL(cv_extract_h(a, 0), lane_s(a, 0, 16));
  CHECK_EQUAL(cv_extract_h(a, 1), lane_s(a, 1, 16));
  CHECK_EQUAL(cv_extractu_h(a, 0), lane_u(a, 0, 16));
  CHECK_EQUAL(cv_extractu_h(a, 1), lane_u(a, 1, 16));
  CHECK_EQUAL(cv_extract_b(a, 0), lane_s(a, 0, 8));
  CHECK_EQUAL(cv_extract_b(a, 3), lane_s(a, 3, 8));
  CHECK_EQUAL(cv_extractu_b(a, 1), lane_u(a, 1, 8));
  CHECK_EQUAL(cv_extractu_b(a, 2), lane_u(a, 2, 8));
  CHECK_EQUAL(cv_insert_h(d, a, 0), with_lane(d, 0, a, 16));
  CHECK_EQUAL(cv_insert_h(d, a, 1), with_lane(d, 1, a, 16));
  CHECK_EQUAL(cv_insert_b(d, a, 0), with_lane(d, 0, a, 8));
  CHECK_EQUAL(cv_insert_b(d, a, 3), with_lane(d, 3, a, 8));
}

// Lane i = lane select(b[i]) of a.
static uint32_t shuffle(uint32_t a, uint32_t b, unsigned w) {
  const unsigned mask = 32 / w - 1;
  uint32_t result = 0;
  for (unsigned i = 0; i <= mask; ++i) result |= lane_u(a, lane_u(b, i, w) & mask, w) << (i * w);
  return result;
}

// Lane i = lane b[i] of a or, where the selector's next bit is 0, of d.
static uint32_t shuffle2(uint32_t d, uint32_t a, uint32_t b, unsigned w) {
  const unsigned n = 32 / w;
  uint32_t result = 0;
  for (unsigned i = 0; i < n; ++i) {
    const uint32_t selector = lane_u(b, i, w);
    result |= lane_u(selector & n ? a : d, selector & (n - 1), w) << (i * w);
  }
  return result;
}

// Selectors of cv.shufflei<k>.sci.b: lane 3 from k, lanes 2, 1, 0 from the immediate's bit pairs.
static uint32_t selectors(unsigned top, unsigned imm) {
  return top << 24 | (imm >> 4 & 3) << 16 | (imm >> 2 & 3) << 8 | (imm & 3);
}

static void test_shuffles(uint32_t a, uint32_t b, uint32_t d) {
  CHECK_EQUAL(cv_shuffle_h(a, b), shuffle(a, b, 16));
  CHECK_EQUAL(cv_shuffle_b(a, b), shuffle(a, b, 8));
  CHECK_EQUAL(cv_shuffle2_h(d, a, b), shuffle2(d, a, b, 16));
  CHECK_EQUAL(cv_shuffle2_b(d, a, b), shuffle2(d, a, b, 8));
  CHECK_EQUAL(cv_shuffle_sci_h(a, 1), shuffle(a, 0x00000001, 16));
  CHECK_EQUAL(cv_shuffle_sci_h(a, 2), shuffle(a, 0x00010000, 16));
  CHECK_EQUAL(cv_shufflei0_sci_b(a, 0x1b), shuffle(a, selectors(0, 0x1b), 8));
  CHECK_EQUAL(cv_shufflei1_sci_b(a, 0x36), shuffle(a, selectors(1, 0x36), 8));
  CHECK_EQUAL(cv_shufflei2_sci_b(a, 0x0d), shuffle(a, selectors(2, 0x0d), 8));
  CHECK_EQUAL(cv_shufflei3_sci_b(a, 0x24), shuffle(a, selectors(3, 0x24), 8));
  CHECK_EQUAL(cv_pack(a, b), a << 16 | (b & 0xffff));
  CHECK_EQUAL(cv_pack_h(a, b), (a & 0xffff0000) | b >> 16);
  CHECK_EQUAL(cv_packhi_b(d, a, b), (a & 0xff) << 24 | (b & 0xff) << 16 | (d & 0xffff));
  CHECK_EQUAL(cv_packlo_b(d, a, b), (d & 0xffff0000) | (a & 0xff) << 8 | (b & 0xff));
}

// Products of 16-bit parts: re·re - im·im, re·im + im·re, modulo 2^32, in Q15.
static uint32_t real_part(uint32_t a, uint32_t b, unsigned shift) {
  const uint32_t sum = (uint32_t)(lane_s(a, 0, 16) * lane_s(b, 0, 16)) -
                       (uint32_t)(lane_s(a, 1, 16) * lane_s(b, 1, 16));
  return (uint32_t)((int32_t)sum >> (15 + shift)) & 0xffff;
}

static uint32_t imaginary_part(uint32_t a, uint32_t b, unsigned shift) {
  const uint32_t sum = (uint32_t)(lane_s(a, 0, 16) * lane_s(b, 1, 16)) +
                       (uint32_t)(lane_s(a, 1, 16) * lane_s(b, 0, 16));
  return (uint32_t)((int32_t)sum >> (15 + shift)) << 16;
}

// Each part, modulo 2^16 before the shift.
static uint32_t complex_add(uint32_t a, uint32_t b, unsigned shift) {
  const uint32_t sum = lanes(lane_add, a, b, 16);
  return lanes(lane_sra, sum, replicate(shift, 16), 16);
}

static uint32_t complex_sub(uint32_t a, uint32_t b, unsigned shift) {
  const uint32_t difference = lanes(lane_sub, a, b, 16);
  return lanes(lane_sra, difference, replicate(shift, 16), 16);
}

// (a - b) times -j: real = a.im - b.im, imaginary = b.re - a.re.
static uint32_t rotated_sub(uint32_t a, uint32_t b, unsigned shift) {
  const uint32_t real = (a >> 16) - (b >> 16);
  const uint32_t imaginary = b - a;
  return lanes(lane_sra, (real & 0xffff) | imaginary << 16, replicate(shift, 16), 16);
}

static void test_complex(uint32_t a, uint32_t b, uint32_t d) {
  CHECK_EQUAL(cv_cplxmul_r(d, a, b), (d & 0xffff0000) | real_part(a, b, 0));
  CHECK_EQUAL(cv_cplxmul_r_div2(d, a, b), (d & 0xffff0000) | real_part(a, b, 1));
  CHECK_EQUAL(cv_cplxmul_r_div4(d, a, b), (d & 0xffff0000) | real_part(a, b, 2));
  CHECK_EQUAL(cv_cplxmul_r_div8(d, a, b), (d & 0xffff0000) | real_part(a, b, 3));
  CHECK_EQUAL(cv_cplxmul_i(d, a, b), (d & 0xffff) | imaginary_part(a, b, 0));
  CHECK_EQUAL(cv_cplxmul_i_div2(d, a, b), (d & 0xffff) | imaginary_part(a, b, 1));
  CHECK_EQUAL(cv_cplxmul_i_div4(d, a, b), (d & 0xffff) | imaginary_part(a, b, 2));
  CHECK_EQUAL(cv_cplxmul_i_div8(d, a, b), (d & 0xffff) | imaginary_part(a, b, 3));
  CHECK_EQUAL(cv_cplxconj(a), (0 - (a & 0xffff0000)) | (a & 0xffff));
  CHECK_EQUAL(cv_subrotmj(a, b), rotated_sub(a, b, 0));
  CHECK_EQUAL(cv_subrotmj_div2(a, b), rotated_sub(a, b, 1));
  CHECK_EQUAL(cv_subrotmj_div4(a, b), rotated_sub(a, b, 2));
  CHECK_EQUAL(cv_subrotmj_div8(a, b), rotated_sub(a, b, 3));
  CHECK_EQUAL(cv_add_div2(a, b), complex_add(a, b, 1));
  CHECK_EQUAL(cv_add_div4(a, b), complex_add(a, b, 2));
  CHECK_EQUAL(cv_add_div8(a, b), complex_add(a, b, 3));
  CHECK_EQUAL(cv_sub_div2(a, b), complex_sub(a, b, 1));
  CHECK_EQUAL(cv_sub_div4(a, b), complex_sub(a, b, 2));
  CHECK_EQUAL(cv_sub_div8(a, b), complex_sub(a, b, 3));
}

int main(void) {
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; ++j) {
      const uint32_t a = check_operand(i), b = check_operand(j), d = check_operand(i ^ j);
      test_extract_insert(a, d);
      test_shuffles(a, b, d);
      test_complex(a, b, d);
    }
  }
  return check_result();
}
