// SPDX-License-Identifier: Apache-2.0
// Level flexv: Mac&Load. Dot product of the old contents, load, address streams, state without a
// destination, faults.
#include "check.h"
#include "freebits/intrinsics.h"
#include "freebits/trap.h"
#include "lanes.h"

static uint32_t memory[32];

static void set_operands(void) {
  csr_write(CSR_FBA0, 0x11223344);
  csr_write(CSR_FBA1, 0x55667788);
  csr_write(CSR_FBW0, 0x01020304);
  csr_write(CSR_FBW1, 0x80ff7f01);
  csr_write(CSR_FBW2, 0xdeadbeef);
  csr_write(CSR_FBW3, 0x0badf00d);
}

static void fill(void) {
  for (unsigned i = 0; i < 32; ++i) memory[i] = check_operand(i);
}

static void test_products(void) {
  fb_set_format(kFb8Bit, kFb8Bit, 0);
  set_operands();
  CHECK_EQUAL(fb_mlsdotup(5, 0, 0, kFbLoadNone), 5 + dot(0x11223344, 0x01020304, 8, kUp));
  CHECK_EQUAL(fb_mlsdotusp(5, 1, 1, kFbLoadNone), 5 + dot(0x55667788, 0x80ff7f01, 8, kUsp));
  CHECK_EQUAL(fb_mlsdotsp(5, 1, 2, kFbLoadNone), 5 + dot(0x55667788, 0xdeadbeef, 8, kSp));
  CHECK_EQUAL(fb_mlsdotsp(5, 0, 3, kFbLoadNone), 5 + dot(0x11223344, 0x0badf00d, 8, kSp));
  CHECK_EQUAL(fb_mldotup(0, 0, kFbLoadNone), dot(0x11223344, 0x01020304, 8, kUp));
  CHECK_EQUAL(fb_mldotusp(1, 1, kFbLoadNone), dot(0x55667788, 0x80ff7f01, 8, kUsp));
  CHECK_EQUAL(fb_mldotsp(1, 2, kFbLoadNone), dot(0x55667788, 0xdeadbeef, 8, kSp));
  // 4-bit activations, 8-bit weights: the activations are the narrow side.
  fb_set_format(kFb4Bit, kFb8Bit, 1);
  CHECK_EQUAL(fb_mlsdotsp(0, 0, 1, kFbLoadNone),
              dot_mixed(0x11223344, 4, 0x80ff7f01, 8, 0, 0, 4, kSp));
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 1 << 8);
  CHECK_EQUAL(fb_mlsdotsp(0, 0, 1, kFbLoadNone),
              dot_mixed(0x11223344, 4, 0x80ff7f01, 8, 4, 0, 4, kSp));
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0);
  fb_load_operand(kFbLoadNone);  // no destination: the slice state stays
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0);
}

static void test_loads(void) {
  fill();
  fb_set_format(kFb8Bit, kFb8Bit, 0);
  fb_set_weight_stream(memory, 4, 0, 0);
  fb_set_activation_stream(memory + 8, -4, 0, 0);
  set_operands();
  // The product uses what the register held before.
  CHECK_EQUAL(fb_mlsdotup(0, 0, 0, kFbLoadW0), dot(0x11223344, 0x01020304, 8, kUp));
  CHECK_EQUAL(csr_read(CSR_FBW0), memory[0]);
  CHECK_EQUAL(csr_read(CSR_FBWADDR), (uintptr_t)(memory + 1));
  CHECK_EQUAL(fb_mlsdotup(0, 0, 0, kFbLoadA1), dot(0x11223344, memory[0], 8, kUp));
  CHECK_EQUAL(csr_read(CSR_FBA1), memory[8]);
  CHECK_EQUAL(csr_read(CSR_FBAADDR), (uintptr_t)(memory + 7));
  // Back to back: the next instruction uses the register being loaded.
  uint32_t sum = 0;
  __asm__ volatile(
      "fb.mlsdotsp zero, 0, 0, 4\n"
      "fb.mlsdotsp %0, 0, 0, 3\n"
      "fb.mlsdotsp %0, 0, 3, 7\n"
      : "+r"(sum)::"memory");
  CHECK_EQUAL(sum, dot(memory[7], memory[0], 8, kSp) + dot(memory[7], memory[1], 8, kSp));
  // Misaligned stream.
  csr_write(CSR_FBWADDR, (uintptr_t)memory + 2);
  fb_load_operand(kFbLoadW2);
  CHECK_EQUAL(csr_read(CSR_FBW2), memory[0] >> 16 | memory[1] << 16);
}

// Three words on, then back: the addresses of a stream with skip 3.
static void test_streams(void) {
  fill();
  fb_set_weight_stream(memory, 12, -20, 3);
  static const int expected[] = {0, 3, 6, 1, 4, 7, 2, 5, 8};
  for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; ++i) {
    CHECK_EQUAL(csr_read(CSR_FBWADDR), (uintptr_t)(memory + expected[i]));
    CHECK_EQUAL(csr_read(CSR_FBWSKIP), 3 | (i % 3) << 8);
    fb_load_operand(kFbLoadW1);
    CHECK_EQUAL(csr_read(CSR_FBW1), memory[expected[i]]);
  }
  fb_set_activation_stream(memory, 8, 100, 0);  // skip 0: never rolls back, never counts
  fb_load_operand(kFbLoadA0);
  fb_load_operand(kFbLoadA0);
  CHECK_EQUAL(csr_read(CSR_FBA0), memory[2]);
  CHECK_EQUAL(csr_read(CSR_FBASKIP), 0);
}

static uint32_t fault_cause, fault_value;

static void skip_fault(struct fb_trap_frame* frame) {
  fault_cause = frame->cause;
  fault_value = frame->value;
  frame->pc += 4;
}

static void test_fault(void) {
  enum { kUnmapped = 0x60000000 };
  fb_set_format(kFb8Bit, kFb2Bit, 1);
  set_operands();
  fb_set_weight_stream(kUnmapped, 4, 8, 2);
  fb_set_trap_handler(skip_fault);
  const uint32_t sum = fb_mlsdotup(77, 0, 0, kFbLoadW0);
  fb_set_trap_handler(0);
  CHECK_EQUAL(fault_cause, CAUSE_LOADFAULT);
  CHECK_EQUAL(fault_value, kUnmapped);
  CHECK_EQUAL(sum, 77);
  CHECK_EQUAL(csr_read(CSR_FBSLICE), 0);
  CHECK_EQUAL(csr_read(CSR_FBWADDR), kUnmapped);
  CHECK_EQUAL(csr_read(CSR_FBWSKIP), 2);
  CHECK_EQUAL(csr_read(CSR_FBW0), 0x01020304);
}

int main(void) {
  test_products();
  test_loads();
  test_streams();
  test_fault();
  return check_result();
}
