// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts, wfi, mret.
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMie = 0x304;
constexpr std::uint32_t kMtvec = 0x305;
constexpr std::uint32_t kMepc = 0x341;
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;
constexpr std::uint32_t kHandler = kRam + 0x100;

struct Trapping : Machine {
  explicit Trapping(Level level = Level::FlexV) : Machine(level) {
    hart.write_csr(kMtvec, kHandler);
  }
};

TEST(MachineMode, ResetStateIsAsDocumented) {
  const Machine m;
  EXPECT_EQ(m.hart.pc(), kRam);
  EXPECT_EQ(m.csr(kMstatus), 0x1800u);
  for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(m.hart.reg(i), 0u);
}

TEST(MachineMode, ExceptionsReportCauseAndValue) {
  const struct {
    std::uint32_t insn;
    std::uint32_t cause;
    std::uint32_t value;
  } cases[] = {
      {0xffffffff, 2, 0xffffffff},  // illegal
      {0x0000, 2, 0},               // illegal, compressed
      {0x8002, 2, 0x8002},          // c.jr x0
      {encode("ebreak", {}), 3, kRam},
      {0x9002, 3, kRam},  // c.ebreak
      {encode("ecall", {}), 11, 0},
  };
  for (const auto& c : cases) {
    Trapping m;
    const Retired r = m.exec(c.insn);
    EXPECT_TRUE(r.trap);
    EXPECT_EQ(r.next_pc, kHandler);
    EXPECT_EQ(r.insn, c.insn);
    EXPECT_EQ(m.csr(kMepc), kRam);
    EXPECT_EQ(m.csr(kMcause), c.cause);
    EXPECT_EQ(m.csr(kMtval), c.value);
  }
}

TEST(MachineMode, InstructionsAboveTheLevelAreIllegal) {
  for (const InsnSpec& spec : instructions()) {
    if (spec.level == Level::Rv32imc) continue;
    Trapping m(static_cast<Level>(static_cast<int>(spec.level) - 1));
    EXPECT_TRUE(m.exec(spec.match).trap) << spec.mnemonic;
    EXPECT_EQ(m.csr(kMcause), 2u) << spec.mnemonic;
  }
}

TEST(MachineMode, TrapDisablesInterruptsAndMretRestoresThem) {
  Trapping m;
  m.hart.write_csr(kMstatus, 8);
  m.exec("ecall", {});
  EXPECT_EQ(m.csr(kMstatus), 0x1880u);
  const Retired r = m.exec("mret", {});
  EXPECT_TRUE(r.intr);
  EXPECT_EQ(r.next_pc, kRam);
  EXPECT_EQ(m.csr(kMstatus), 0x1888u);
}

TEST(MachineMode, IntrMarksOnlyTheFirstInstructionOfAHandler) {
  Trapping m;
  EXPECT_FALSE(m.exec("ecall", {}).intr);
  EXPECT_TRUE(m.exec(0x0001).intr);
  EXPECT_FALSE(m.exec(0x0001).intr);
  m.hart.take_interrupt(7);
  EXPECT_TRUE(m.exec(0x0001).intr);
}

TEST(Interrupts, PriorityIsFastFromTheTopThenExternalSoftwareTimer) {
  Machine m;
  m.hart.write_csr(kMstatus, 8);
  m.hart.write_csr(kMie, ~0u);
  std::uint32_t lines = 0xffff0888;
  for (std::uint32_t cause = 31; cause >= 16; --cause) {
    m.hart.set_interrupts(lines);
    EXPECT_EQ(m.hart.pending_interrupt(), cause);
    lines &= ~(1u << cause);
  }
  for (const std::uint32_t cause : {11u, 3u, 7u}) {
    m.hart.set_interrupts(lines);
    EXPECT_EQ(m.hart.pending_interrupt(), cause);
    lines &= ~(1u << cause);
  }
  m.hart.set_interrupts(0);
  EXPECT_FALSE(m.hart.pending_interrupt());
}

TEST(Interrupts, NeedBothEnables) {
  Machine m;
  m.hart.set_interrupts(1 << 7);
  m.hart.write_csr(kMie, 1 << 7);
  EXPECT_FALSE(m.hart.pending_interrupt());
  m.hart.write_csr(kMstatus, 8);
  EXPECT_EQ(m.hart.pending_interrupt(), 7u);
  m.hart.write_csr(kMie, 1 << 11);
  EXPECT_FALSE(m.hart.pending_interrupt());
}

TEST(Interrupts, VectoredModeOffsetsInterruptsOnly) {
  Trapping m;
  m.hart.write_csr(kMtvec, kHandler | 1);
  m.hart.take_interrupt(16);
  EXPECT_EQ(m.hart.pc(), kHandler + 64);
  EXPECT_EQ(m.csr(kMcause), 0x80000010u);
  EXPECT_EQ(m.csr(kMepc), kRam);
  EXPECT_EQ(m.csr(kMtval), 0u);
  m.exec("ecall", {});
  EXPECT_EQ(m.hart.pc(), kHandler);
}

TEST(Interrupts, MipIsReadOnlyToInstructions) {
  Machine m;
  m.hart.set_interrupts(1 << 3);
  EXPECT_EQ(m.exec("csrrwi", {.rd = 5, .imm = 0x344, .imm2 = 0}).rd_value, 8u);
  EXPECT_EQ(m.csr(0x344), 8u);
}

TEST(Wfi, WaitsUntilAnEnabledLineRisesWhateverMie) {
  Machine m;
  m.hart.write_csr(kMie, 1 << 11);
  m.program({encode("wfi", {}), encode("addi", {.rd = 5, .imm = 1})});
  RunResult result = m.hart.run(10);
  EXPECT_EQ(result.reason, StopReason::WaitingForInterrupt);
  EXPECT_EQ(result.instructions, 1u);
  EXPECT_TRUE(m.hart.waiting_for_interrupt());
  m.hart.set_interrupts(1 << 7);  // not enabled
  EXPECT_EQ(m.hart.run(1).instructions, 0u);
  m.hart.set_interrupts(1 << 11);
  EXPECT_FALSE(m.hart.waiting_for_interrupt());
  result = m.hart.run(1);
  EXPECT_EQ(result.reason, StopReason::Limit);
  EXPECT_EQ(m.hart.reg(5), 1u);
}

}  // namespace
}  // namespace freebits::isa::test
