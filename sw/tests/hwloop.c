// SPDX-License-Identifier: Apache-2.0
// Hardware loops: the rule of docs/isa.md in its corners, including bodies that CORE-V's manual
// calls illegal.
#include "check.h"
#include "freebits/intrinsics.h"
#include "freebits/trap.h"

// Runs `text` with n = count in %1 and returns the sum it leaves in %0.
#define LOOP(count, text)                                                                   \
  ({                                                                                        \
    uint32_t sum_ = 0, n_ = (count), t_;                                                    \
    __asm__ volatile("fb.align_code\n .option push\n .option norvc\n" text "\n .option pop" \
                     : "+r"(sum_), "+r"(n_), "=&r"(t_)::"memory");                          \
    sum_;                                                                                   \
  })

static void test_counts(void) {
  for (uint32_t n = 1; n < 6; ++n) {
    CHECK_EQUAL(
        LOOP(n, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n addi %0, %0, 2\n addi %0, %0, 4\n1:"),
        7 * n);
    CHECK_EQUAL(LOOP(n, "cv.setup 1, %1, 1f\n addi %0, %0, 1\n1:"), n);  // body of one
    CHECK_EQUAL(LOOP(n, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n addi %0, %0, 2\n1:"), 3 * n);
  }
  // A count of 0 runs the body once: the loop is not active.
  CHECK_EQUAL(LOOP(0, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n1:"), 1);
  CHECK_EQUAL(LOOP(0, "cv.setupi 0, 4095, 1f\n addi %0, %0, 1\n1:"), 4095);
  CHECK_EQUAL(csr_read(CSR_LPCOUNT0), 0);
}

static void test_set_by_parts(void) {
  CHECK_EQUAL(LOOP(3,
                   "cv.starti 0, 1f\n cv.endi 0, 2f\n cv.count 0, %1\n1:\n addi %0, %0, 1\n addi "
                   "%0, %0, 1\n nop\n2:"),
              6);
  CHECK_EQUAL(
      LOOP(0, "cv.starti 1, 1f\n cv.endi 1, 2f\n cv.counti 1, 5\n1:\n addi %0, %0, 1\n nop\n2:"),
      5);
  CHECK_EQUAL(LOOP(4,
                   "la %2, 1f\n cv.start 1, %2\n la %2, 2f\n cv.end 1, %2\n cv.count 1, %1\n1:\n "
                   "addi %0, %0, 1\n2:"),
              4);
  // The count set by the last instruction of the body already counts.
  CHECK_EQUAL(
      LOOP(0,
           "cv.starti 0, 1f\n cv.endi 0, 2f\n cv.counti 0, 0\n li %2, 3\n1:\n addi %0, %0, 1\n"
           " addi %2, %2, -1\n cv.count 0, %2\n2:"),
      2);
}

static void test_nested(void) {
  CHECK_EQUAL(LOOP(5,
                   "cv.setup 1, %1, 2f\n addi %0, %0, 100\n cv.setupi 0, 3, 1f\n addi %0, %0, 1\n "
                   "nop\n nop\n1:\n"
                   " nop\n nop\n2:"),
              5 * 103);
  // Both end on one instruction: the outer is considered when the inner has finished.
  CHECK_EQUAL(
      LOOP(5, "cv.setup 1, %1, 1f\n addi %0, %0, 100\n cv.setupi 0, 3, 1f\n addi %0, %0, 1\n1:"),
      5 * 103);
  // Loop 1 inside loop 0: the same, except where both end together (loop 0 goes first).
  CHECK_EQUAL(LOOP(4,
                   "cv.setup 0, %1, 2f\n addi %0, %0, 100\n cv.setupi 1, 3, 1f\n addi %0, %0, "
                   "1\n1:\n nop\n2:"),
              4 * 103);
}

static void test_control_flow(void) {
  // A taken branch at the end of the body leaves the loop without counting …
  // (.insn b: see asm.h)
  CHECK_EQUAL(LOOP(9,
                   "cv.setup 0, %1, 1f\n addi %0, %0, 1\n nop\n .insn b 0x63, 0, zero, zero, "
                   "2f\n1:\n addi %0, %0, 50\n2:"),
              1);
  CHECK_EQUAL(csr_read(CSR_LPCOUNT0), 9);
  // … one that is not taken does not disturb it; nor do branches within it.
  CHECK_EQUAL(LOOP(3,
                   "cv.setup 0, %1, 1f\n addi %0, %0, 1\n nop\n .insn b 0x63, 1, zero, zero, "
                   "2f\n1:\n addi %0, %0, 50\n2:"),
              53);
  CHECK_EQUAL(LOOP(4,
                   "cv.setup 0, %1, 1f\n addi %0, %0, 1\n andi %2, %0, 1\n cv.beqimm %2, 0, 3f\n "
                   "addi %0, %0, 10\n3:\n nop\n1:"),
              24);  // 1 → 11, 12, 13 → 23, 24
  // A loop entered by a jump into its body.
  CHECK_EQUAL(LOOP(3, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n j 3f\n3:\n addi %0, %0, 1\n1:"), 6);
  csr_read(CSR_LPEND0);
  __asm__ volatile("cv.counti 0, 0");
  // Code that ends where a finished loop ended is ordinary code.
  CHECK_EQUAL(LOOP(2,
                   "li %2, 2\n cv.setup 0, %1, 1f\n3:\n addi %0, %0, 1\n nop\n1:\n addi %2, %2, "
                   "-1\n bnez %2, 3b"),
              3);
}

// Compressed instructions in the body, a body of 2 bytes before an aligned end.
static void test_compressed(void) {
  uint32_t sum = 0;
  __asm__ volatile(
      "fb.align_code\n"
      "cv.setupi 0, 7, 1f\n"
      ".option push\n.option rvc\n"
      "c.addi %0, 1\n"
      "c.addi %0, 2\n"
      "1:\n.option pop\n"
      : "+r"(sum));
  CHECK_EQUAL(sum, 21);
}

static void test_registers(void) {
  __asm__ volatile("cv.counti 0, 123\n cv.counti 1, 456");
  CHECK_EQUAL(csr_read(CSR_LPCOUNT0), 123);
  CHECK_EQUAL(csr_read(CSR_LPCOUNT1), 456);
  uint32_t address = 0x80012347;
  __asm__ volatile("cv.start 0, %0\n cv.end 1, %0" ::"r"(address));
  CHECK_EQUAL(csr_read(CSR_LPSTART0), 0x80012344);
  CHECK_EQUAL(csr_read(CSR_LPEND1), 0x80012344);
  __asm__ volatile("cv.counti 0, 0\n cv.counti 1, 0");
}

static void skip_instruction(struct fb_trap_frame* frame) {
  frame->pc += fb_insn_length(frame->pc);
}

// A trapped instruction at the end of a body leaves the counter alone; the handler goes on behind
// it, out of the loop.
static void test_trap_at_end(void) {
  fb_set_trap_handler(skip_instruction);
  CHECK_EQUAL(LOOP(5, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n nop\n ecall\n1:\n nop"), 1);
  CHECK_EQUAL(csr_read(CSR_LPCOUNT0), 5);
  __asm__ volatile("cv.counti 0, 0");
  // A trap inside the body does not disturb the loop.
  CHECK_EQUAL(LOOP(5, "cv.setup 0, %1, 1f\n addi %0, %0, 1\n ecall\n nop\n1:\n nop"), 5);
  fb_set_trap_handler(0);
}

int main(void) {
  test_counts();
  test_set_by_parts();
  test_nested();
  test_control_flow();
  test_compressed();
  test_registers();
  test_trap_at_end();
  return check_result();
}
