// SPDX-License-Identifier: Apache-2.0
// Control and status registers: which bits keep what is written, which registers are constant, how
// counters count.
#include "check.h"
#include "freebits/counters.h"

// Writes ones, then zeros, and leaves the old value.
#define CHECK_BITS(number, ones, zeros)                 \
  do {                                                  \
    const uint32_t old_ = csr_swap(number, 0xffffffff); \
    CHECK_EQUAL(csr_read(number), ones);                \
    csr_write(number, 0);                               \
    CHECK_EQUAL(csr_read(number), zeros);               \
    csr_write(number, old_);                            \
  } while (0)

static void test_machine_mode(void) {
  CHECK_BITS(CSR_MSTATUS, 0x1888, 0x1800);  // MIE: no line is enabled, nothing can happen
  CHECK_BITS(CSR_MSTATUSH, 0, 0);
  CHECK_BITS(CSR_MIE, 0xffff0888, 0);
  CHECK_BITS(CSR_MTVEC, 0xfffffffd, 0);
  CHECK_BITS(CSR_MSCRATCH, 0xffffffff, 0);
  CHECK_BITS(CSR_MEPC, 0xfffffffe, 0);
  CHECK_BITS(CSR_MCAUSE, 0x8000001f, 0);
  CHECK_BITS(CSR_MTVAL, 0xffffffff, 0);
  CHECK_BITS(CSR_MIP, 0, 0);
  const uint32_t misa = FREEBITS_LEVEL >= 1 ? 0x40801104 : 0x40001104;
  CHECK_BITS(CSR_MISA, misa, misa);
  CHECK_EQUAL(csr_read(CSR_MVENDORID), 0);
  CHECK_EQUAL(csr_read(CSR_MARCHID), 0);
  CHECK_EQUAL(csr_read(CSR_MIMPID), 0);
  CHECK_EQUAL(csr_read(CSR_MCONFIGPTR), 0);
  CHECK_EQUAL(csr_read(CSR_MHARTID), 0);
  CHECK_BITS(CSR_TSELECT, 0, 0);
  CHECK_BITS(CSR_TDATA1, 0, 0);
  CHECK_BITS(CSR_TINFO, 1, 1);
#if FREEBITS_LEVEL >= 1
  CHECK_EQUAL(csr_read(CSR_UHARTID), 0);
  CHECK_EQUAL(csr_read(CSR_PRIVLV), 3);
#endif
}

static void test_operations(void) {
  csr_write(CSR_MSCRATCH, 0xf0f0);
  const uint32_t old = csr_swap(CSR_MSCRATCH, 0x1234);
  CHECK_EQUAL(old, 0xf0f0);
  csr_set(CSR_MSCRATCH, 0x8001);
  CHECK_EQUAL(csr_read(CSR_MSCRATCH), 0x9235);
  csr_clear(CSR_MSCRATCH, 0x35);
  CHECK_EQUAL(csr_read(CSR_MSCRATCH), 0x9200);
  csr_set(CSR_MSCRATCH, 7);
  csr_clear(CSR_MSCRATCH, 2);
  CHECK_EQUAL(csr_read(CSR_MSCRATCH), 0x9205);
  csr_write(CSR_MSCRATCH, 31);
  CHECK_EQUAL(csr_read(CSR_MSCRATCH), 31);
}

static void test_counters(void) {
  uint32_t a, b;
  __asm__ volatile(
      ".option push\n.option norvc\n csrr %0, minstret\n nop\n nop\n csrr %1, minstret\n.option pop"
      : "=r"(a), "=&r"(b));
  CHECK_EQUAL(b - a, 3);
  csr_write(CSR_MCOUNTINHIBIT, 0xffffffff);
  CHECK_EQUAL(csr_read(CSR_MCOUNTINHIBIT), 0x7fd);
  a = csr_read(CSR_MINSTRET);
  b = csr_read(CSR_MCYCLE);
  CHECK_EQUAL(csr_read(CSR_MINSTRET), a);
  CHECK_EQUAL(csr_read(CSR_MCYCLE), b);
  CHECK_EQUAL(csr_read(CSR_CYCLE), b);
  csr_write(CSR_MCYCLEH, 0x12345678);
  CHECK_EQUAL(csr_read(CSR_MCYCLEH), 0x12345678);
  csr_write(CSR_MINSTRET, 0xffffffff);
  csr_write(CSR_MINSTRETH, 6);
  csr_write(CSR_MCOUNTINHIBIT, 0);
  __asm__ volatile("nop\n nop");
  CHECK_EQUAL(csr_read(CSR_MINSTRETH), 7);  // carried over
  for (int n = 0; n < 2; ++n) {
    CHECK_BITS(CSR_MHPMCOUNTERH(3), 0xffffffff, 0);
    CHECK_BITS(CSR_MHPMCOUNTER(11), 0, 0);
    CHECK_BITS(CSR_MHPMCOUNTER(31), 0, 0);
  }
  CHECK_BITS(CSR_MHPMEVENT(3), 1, 1);
  CHECK_BITS(CSR_MHPMEVENT(10), 8, 8);
  CHECK_BITS(CSR_MHPMEVENT(11), 0, 0);
  const uint32_t accesses = fb_counter(kFbMemoryAccesses);
  static volatile uint32_t word;
  word = word + 1;
  CHECK_EQUAL(fb_counter(kFbMemoryAccesses) - accesses, 2);
  const uint64_t earlier = fb_cycles();
  CHECK_EQUAL(fb_cycles() > earlier, 1);
}

int main(void) {
  test_machine_mode();
  test_operations();
  test_counters();
  return check_result();
}
