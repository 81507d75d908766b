// SPDX-License-Identifier: Apache-2.0
// Level xpulpnn: fb.scale and fb.qnt against plain C, for every output type and lane.
#include "check.h"
#include "freebits/intrinsics.h"
#include "freebits/requantize.h"

static uint32_t scaled(uint32_t a, uint32_t b, uint32_t pre) {
  return (uint32_t)((int64_t)(int32_t)(a << pre) * (int64_t)(uint64_t)b >> 32);
}

static uint32_t quantized(uint32_t old, uint32_t a, uint32_t b, uint32_t shift, uint32_t bits,
                          uint32_t is_signed, uint32_t lane) {
  const uint32_t half = shift == 0 ? 0 : 1U << (shift - 1);
  const int32_t value = fb_clipped((int32_t)(a + b + half) >> shift, bits, (int)is_signed);
  const uint32_t at = lane * bits % 32, mask = ((1U << bits) - 1) << at;
  return (old & ~mask) | ((uint32_t)value << at & mask);
}

#define TEST_LANE(lane) \
  CHECK_EQUAL(fb_qnt(c, a, b, lane), quantized(c, a, b, shift, bits, is_signed, lane));

static void test(uint32_t a, uint32_t b, uint32_t c, uint32_t pre, uint32_t shift, uint32_t bits,
                 uint32_t is_signed) {
  fb_set_quant(pre, shift, bits, is_signed);
  CHECK_EQUAL(fb_scale(a, b), scaled(a, b, pre));
  TEST_LANE(0)
  TEST_LANE(1)
  TEST_LANE(3)
  TEST_LANE(7)
  TEST_LANE(10)
  TEST_LANE(15)
  b = 0;
  a = (uint32_t)((int32_t)(a << 22) >> 22) << (shift < 16 ? shift : 16);  // near the range
  TEST_LANE(2)
  TEST_LANE(4)
}

int main(void) {
  csr_write(CSR_FBQUANT, 0xffffffff);  // a width of 3 is stored as 0
  CHECK_EQUAL(csr_read(CSR_FBQUANT), 0x101f1f);
  for (unsigned i = 0; i < kOperands; ++i) {
    for (unsigned j = 0; j < kOperands; ++j) {
      const uint32_t bits = 8U >> (i + j) % 3, pre = (5 * i + j) & 31, shift = (3 * j + i) & 31;
      test(check_operand(i), check_operand(j), check_operand(i + j), pre, shift, bits, j >> 1 & 1);
      test(check_operand(i), check_operand(j), check_operand(i + j), 0, 1, bits, i & 1);
    }
  }
  return check_result();
}
