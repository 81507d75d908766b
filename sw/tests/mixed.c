// SPDX-License-Identifier: Apache-2.0
// Level mixed: every pair of widths, signedness and slice count against plain C; the state in
// fbfmt, fbskip and fbslice.
#include "check.h"
#include "freebits/intrinsics.h"
#include "lanes.h"

static unsigned bits_of(unsigned code) { return 8 >> code; }

struct model {
  unsigned a, w;  // bits
  unsigned skip, count, slice;
};

static unsigned max_bits(const struct model* m) { return m->a > m->w ? m->a : m->w; }
static unsigned min_bits(const struct model* m) { return m->a < m->w ? m->a : m->w; }

static uint32_t model_dot(struct model* m, uint32_t a, uint32_t w, unsigned signs) {
  const unsigned n = 32 / max_bits(m);
  const unsigned first_a = m->a < m->w ? m->slice * n : 0;
  const unsigned first_w = m->w < m->a ? m->slice * n : 0;
  const uint32_t sum = dot_mixed(a, m->a, w, m->w, first_a, first_w, n, signs);
  if (m->count + 1 >= (m->skip == 0 ? 1 : m->skip)) {
    m->count = 0;
    m->slice = (m->slice + 1) % (max_bits(m) / min_bits(m));
  } else {
    ++m->count;
  }
  return sum;
}

static void test_widths(unsigned activation_code, unsigned weight_code, unsigned skip) {
  struct model m = {bits_of(activation_code), bits_of(weight_code), skip, 0, 0};
  fb_set_format((enum fb_width)activation_code, (enum fb_width)weight_code, skip);
  for (unsigned i = 0; i < kOperands; ++i) {
    const uint32_t a = check_operand(i), w = check_operand(kOperands - 1 - i),
                   c = check_operand(i + 5);
    CHECK_EQUAL(fb_sdotusp_m(c, a, w), c + model_dot(&m, a, w, kUsp));
    CHECK_EQUAL(csr_read(CSR_FBSLICE), m.count | m.slice << 8);
    CHECK_EQUAL(fb_sdotsp_m(c, a, w), c + model_dot(&m, a, w, kSp));
    CHECK_EQUAL(fb_sdotup_m(c, a, w), c + model_dot(&m, a, w, kUp));
    CHECK_EQUAL(fb_dotup_m(a, w), model_dot(&m, a, w, kUp));
    CHECK_EQUAL(fb_dotusp_m(a, w), model_dot(&m, a, w, kUsp));
    CHECK_EQUAL(fb_dotsp_m(a, w), model_dot(&m, a, w, kSp));
  }
}

static void test_state(void) {
  csr_write(CSR_FBFMT, 0xffffffff);  // a width of 3 is stored as 0
  CHECK_EQUAL(csr_read(CSR_FBFMT), 0);
  csr_write(CSR_FBFMT, 0x21);
  CHECK_EQUAL(csr_read(CSR_FBFMT), 0x21);
  csr_write(CSR_FBSLICE, 0xffffffff);
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0x3ff);
  csr_write(CSR_FBFMT, 0x10);  // clears the slice
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0);
  csr_write(CSR_FBSKIP, 0xffffffff);
  CHECK_EQUAL(csr_read(CSR_FBSKIP), 0xff);
  // A slice beyond the ratio counts modulo the ratio.
  csr_write(CSR_FBSKIP, 0);
  csr_write(CSR_FBSLICE, 3 << 8);
  CHECK_EQUAL(fb_dotup_m(0x01010101, 0x76543210), 0x7 + 0x6 + 0x5 + 0x4);
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0);
  // The state advances without a destination too.
  __asm__ volatile("fb.sdotup.m zero, %0, %0" ::"r"(0));
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 1 << 8);
}

int main(void) {
  for (unsigned activations = 0; activations < 3; ++activations) {
    for (unsigned weights = 0; weights < 3; ++weights) {
      for (unsigned skip = 0; skip < 10; skip += skip < 3 ? 1 : 5)
        test_widths(activations, weights, skip);
    }
  }
  test_state();
  return check_result();
}
