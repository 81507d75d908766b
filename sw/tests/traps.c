// SPDX-License-Identifier: Apache-2.0
// Exceptions: cause, mepc, mtval, mstatus, and that the faulting instruction has no effect.
#include "check.h"
#include "freebits/csr.h"
#include "freebits/trap.h"

enum { kMie = 1 << 3, kMpie = 1 << 7, kMpp = 3 << 11 };

static struct fb_trap_frame last;
static uint32_t status_in_handler, traps;
static uint32_t resume;  // address to go on at instead of the next instruction, 0 if none

static void record(struct fb_trap_frame* frame) {
  last = *frame;
  status_in_handler = csr_read(CSR_MSTATUS);
  ++traps;
  if (resume != 0) {
    frame->pc = resume;
    resume = 0;
  } else {
    frame->pc += fb_insn_length(frame->pc);
  }
}

#define CHECK_TRAP(count, expected_cause, expected_value) \
  do {                                                    \
    CHECK_EQUAL(traps, count);                            \
    CHECK_EQUAL(last.cause, expected_cause);              \
    CHECK_EQUAL(last.value, expected_value);              \
    traps = 0;                                            \
  } while (0)

// The address of the instruction behind it, then the instruction.
#define AT(pc, instruction) "lla %[" #pc "], 1f\n1: " instruction "\n"

static void test_calls(void) {
  uint32_t pc;
  __asm__ volatile(".option push\n.option norvc\n" AT(pc, "ecall") ".option pop"
                   : [pc] "=r"(pc)::"memory");
  CHECK_EQUAL(last.pc, pc);
  CHECK_TRAP(1, CAUSE_ECALL, 0);
  __asm__ volatile(".option push\n.option norvc\n" AT(pc, "ebreak") ".option pop"
                   : [pc] "=r"(pc)::"memory");
  CHECK_EQUAL(last.pc, pc);
  CHECK_TRAP(1, CAUSE_BREAKPOINT, pc);
  __asm__ volatile(AT(pc, "c.ebreak") : [pc] "=r"(pc)::"memory");
  CHECK_EQUAL(last.pc, pc);
  CHECK_TRAP(1, CAUSE_BREAKPOINT, pc);
}

#define CHECK_ILLEGAL(word)                        \
  do {                                             \
    __asm__ volatile(".word " #word ::: "memory"); \
    CHECK_TRAP(1, CAUSE_ILLEGAL, word);            \
  } while (0)

static void test_illegal(void) {
  CHECK_ILLEGAL(0xffffffff);
  CHECK_ILLEGAL(0x0000707f);               // length prefix of longer instructions
  CHECK_ILLEGAL(0x02007033 | 0x80000000);  // funct7 of no extension
  CHECK_ILLEGAL(0x00003003);               // ld
  CHECK_ILLEGAL(0x00007063 & 0xffffa07f);  // branch funct3 010
  CHECK_ILLEGAL(0x10200073);               // sret
  CHECK_ILLEGAL(0x7b200073);               // dret
  CHECK_ILLEGAL(0x12000073);               // sfence.vma
  CHECK_ILLEGAL(0x00052007);               // flw
  CHECK_ILLEGAL(0x0005202f);               // atomic
  __asm__ volatile(".half 0" ::: "memory");
  CHECK_TRAP(1, CAUSE_ILLEGAL, 0);
  __asm__ volatile(".half 0x9c41" ::: "memory");  // c.addw does not exist on RV32
  CHECK_TRAP(1, CAUSE_ILLEGAL, 0x9c41);
}

#define CHECK_ILLEGAL_CSR(text, word)                \
  do {                                               \
    uint32_t rd_ = 0x600d;                           \
    register uint32_t value_ __asm__("a0") = rd_;    \
    __asm__ volatile(text : "+r"(value_)::"memory"); \
    CHECK_EQUAL(value_, rd_);                        \
    CHECK_TRAP(1, CAUSE_ILLEGAL, word);              \
  } while (0)

static void test_csr(void) {
  CHECK_ILLEGAL_CSR("csrr a0, 0x5c0", 0x5c002573);    // no such register
  CHECK_ILLEGAL_CSR("csrr a0, 0x100", 0x10002573);    // sstatus
  CHECK_ILLEGAL_CSR("csrw mhartid, a0", 0xf1451073);  // read-only
  CHECK_ILLEGAL_CSR("csrrs a0, cycle, a0", 0xc0052573);
  CHECK_ILLEGAL_CSR("csrwi cycle, 0", 0xc0005073);
  uint32_t value = 1;  // reading them is fine
  __asm__ volatile("csrrs %0, mhartid, zero\n csrrsi %0, mhartid, 0" : "+r"(value));
  CHECK_EQUAL(traps, 0);
}

static void test_data_faults(void) {
  enum { kUnmapped = 0x60000000 };
  uint32_t value = 0x600d;
  __asm__ volatile("lw %0, 8(%1)" : "+r"(value) : "r"(kUnmapped) : "memory");
  CHECK_EQUAL(value, 0x600d);
  CHECK_TRAP(1, CAUSE_LOADFAULT, kUnmapped + 8);
  __asm__ volatile("lbu %0, 3(%1)" : "+r"(value) : "r"(kUnmapped) : "memory");
  CHECK_EQUAL(value, 0x600d);
  CHECK_TRAP(1, CAUSE_LOADFAULT, kUnmapped + 3);
  __asm__ volatile("sh %0, -2(%1)" ::"r"(value), "r"(kUnmapped) : "memory");
  CHECK_TRAP(1, CAUSE_STOREFAULT, kUnmapped - 2);
  // Half in RAM: the first word is accessible, the second faults.
  const uint32_t first = 0x1c000000;  // RAM starts here (link.ld)
  __asm__ volatile("lw %0, -2(%1)" : "+r"(value) : "r"(first) : "memory");
  CHECK_EQUAL(value, 0x600d);
  CHECK_TRAP(1, CAUSE_LOADFAULT, first - 2);
  // Faults back to back, each followed by an instruction that must not be lost.
  uint32_t count = 0;
  __asm__ volatile(
      "lw zero, 0(%1)\n addi %0, %0, 1\n sw %0, 0(%1)\n addi %0, %0, 1\n lw zero, 4(%1)\n addi %0, "
      "%0, 1"
      : "+r"(count)
      : "r"(kUnmapped)
      : "memory");
  CHECK_EQUAL(count, 3);
  CHECK_TRAP(3, CAUSE_LOADFAULT, kUnmapped + 4);
}

#if FREEBITS_LEVEL >= 1
static void test_post_increment_fault(void) {
  const uint32_t unmapped = 0x60000000;
  uint32_t base = unmapped, value = 0x600d;
  __asm__ volatile("cv.lw %0, (%1), 4" : "+r"(value), "+r"(base)::"memory");
  CHECK_EQUAL(value, 0x600d);
  CHECK_EQUAL(base, unmapped);
  CHECK_TRAP(1, CAUSE_LOADFAULT, unmapped);
  __asm__ volatile("cv.sb %1, (%0), 4" : "+r"(base) : "r"(value) : "memory");
  CHECK_EQUAL(base, unmapped);
  CHECK_TRAP(1, CAUSE_STOREFAULT, unmapped);
}
#endif

static void test_fetch_fault(void) {
  const uint32_t target = 0x60000002;
  __asm__ volatile(
      "lla t0, 1f\n"
      "sw t0, (%1)\n"
      "jalr t1, 1(%0)\n"  // bit 0 of the target is dropped
      "1:\n"
      :
      : "r"(target), "r"(&resume)
      : "t0", "t1", "memory");
  CHECK_EQUAL(last.pc, target);
  CHECK_TRAP(1, CAUSE_INSNFAULT, target);
}

static void test_status(void) {
  csr_set(CSR_MSTATUS, kMie);
  __asm__ volatile("ecall" ::: "memory");
  CHECK_EQUAL(status_in_handler & (kMie | kMpie | kMpp), kMpie | kMpp);
  CHECK_EQUAL(csr_read(CSR_MSTATUS) & (kMie | kMpie | kMpp), kMie | kMpie | kMpp);
  csr_clear(CSR_MSTATUS, kMie);
  __asm__ volatile("ecall" ::: "memory");
  CHECK_EQUAL(status_in_handler & (kMie | kMpie | kMpp), kMpp);
  CHECK_EQUAL(csr_read(CSR_MSTATUS) & (kMie | kMpie | kMpp), kMpie | kMpp);
  CHECK_TRAP(2, CAUSE_ECALL, 0);
}

// minstret does not count an instruction that traps.
static void test_instret(void) {
  uint32_t before, after;
  const uint32_t handler = csr_read(CSR_MTVEC);
  __asm__ volatile(
      ".option push\n.option norvc\n"
      "lla t0, 1f\n"
      "csrw mtvec, t0\n"
      "j 2f\n"
      ".balign 4\n"
      "1: csrr t0, mepc\n"  // the handler: five instructions
      "addi t0, t0, 4\n"
      "csrw mepc, t0\n"
      "nop\n"
      "mret\n"
      "2: csrr %0, minstret\n"
      "ecall\n"
      "csrr %1, minstret\n"
      ".option pop"
      : "=&r"(before), "=&r"(after)::"t0", "memory");
  csr_write(CSR_MTVEC, handler);
  CHECK_EQUAL(after - before, 1 + 5);
}

int main(void) {
  fb_set_trap_handler(record);
  test_calls();
  test_illegal();
  test_csr();
  test_data_faults();
#if FREEBITS_LEVEL >= 1
  test_post_increment_fault();
#endif
  test_fetch_fault();
  test_status();
  test_instret();
  return check_result();
}
