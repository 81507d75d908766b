// SPDX-License-Identifier: Apache-2.0
// Hardware loops (docs/isa.md, "Hardware loops").
#include <gtest/gtest.h>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kLpcount0 = 0xcc2;
constexpr std::uint32_t kLpcount1 = 0xcc6;

std::uint32_t increment(unsigned reg, std::int32_t by = 1) {
  return encode(
      "addi",
      {.rd = static_cast<std::uint8_t>(reg), .rs1 = static_cast<std::uint8_t>(reg), .imm = by});
}

/// Steps until `pc`, at most `limit` instructions.
void run_to(Machine& m, std::uint32_t pc, int limit = 1000) {
  while (m.hart.pc() != pc && limit-- > 0) m.hart.step();
  ASSERT_EQ(m.hart.pc(), pc);
}

TEST(HardwareLoop, RepeatsItsBodyCountTimes) {
  Machine m;
  m.program({encode("cv.setupi", {.loop = 0, .imm = 5, .imm2 = 3}), increment(5), increment(6)});
  run_to(m, kRam + 12);
  EXPECT_EQ(m.hart.reg(5), 5u);
  EXPECT_EQ(m.hart.reg(6), 5u);
  EXPECT_EQ(m.csr(kLpcount0), 0u);
}

TEST(HardwareLoop, BodyMayBeOneInstruction) {
  Machine m;
  m.program({encode("cv.setupi", {.loop = 1, .imm = 7, .imm2 = 2}), increment(5)});
  run_to(m, kRam + 8);
  EXPECT_EQ(m.hart.reg(5), 7u);
}

TEST(HardwareLoop, CountsZeroAndOneBothRunTheBodyOnce) {
  for (const std::int32_t count : {0, 1}) {
    Machine m;
    m.program({encode("cv.setupi", {.loop = 0, .imm = count, .imm2 = 2}), increment(5)});
    run_to(m, kRam + 8);
    EXPECT_EQ(m.hart.reg(5), 1u);
    EXPECT_EQ(m.csr(kLpcount0), 0u);
  }
}

TEST(HardwareLoop, TwoLoopsMayEndOnOneInstruction) {
  Machine m;
  // Loop 0 is set up anew in every round of loop 1; both end behind the second increment.
  m.program({encode("cv.setupi", {.loop = 1, .imm = 3, .imm2 = 4}), increment(6),
             encode("cv.setupi", {.loop = 0, .imm = 4, .imm2 = 2}), increment(5)});
  run_to(m, kRam + 16);
  EXPECT_EQ(m.hart.reg(5), 12u);
  EXPECT_EQ(m.hart.reg(6), 3u);
  EXPECT_EQ(m.csr(kLpcount0), 0u);
  EXPECT_EQ(m.csr(kLpcount1), 0u);
}

TEST(HardwareLoop, CountWrittenByTheLastInstructionIsTheOneTested) {
  Machine m;
  m.program({encode("cv.starti", {.loop = 0, .imm = 2}), encode("cv.endi", {.loop = 0, .imm = 3}),
             increment(5), encode("cv.counti", {.loop = 0, .imm = 2}), increment(6)});
  // lpstart = kRam + 8, lpend = kRam + 16: behind the cv.counti, which refills the count each time.
  for (int round = 1; round <= 3; ++round) {
    while (m.hart.pc() != kRam + 12) m.hart.step();
    EXPECT_EQ(m.hart.step().next_pc, kRam + 8);
    EXPECT_EQ(m.csr(kLpcount0), 1u);
    EXPECT_EQ(m.hart.reg(5), static_cast<std::uint32_t>(round));
  }
}

TEST(HardwareLoop, TakenTransfersLeaveTheCountAlone) {
  Machine m;
  m.program(
      {encode("cv.setupi", {.loop = 0, .imm = 9, .imm2 = 2}), encode("jal", {.rd = 0, .imm = 4})});
  m.hart.step();
  EXPECT_EQ(m.hart.step().next_pc, kRam + 8);
  EXPECT_EQ(m.csr(kLpcount0), 9u);
}

TEST(HardwareLoop, BranchNotTakenAtTheEndLoopsBack) {
  Machine m;
  m.program({encode("cv.setupi", {.loop = 0, .imm = 3, .imm2 = 3}), increment(5),
             encode("bne", {.rs1 = 0, .rs2 = 0, .imm = 64})});
  run_to(m, kRam + 12);
  EXPECT_EQ(m.hart.reg(5), 3u);
}

TEST(HardwareLoop, FenceIAtTheEndTransfersControlAndFenceDoesNot) {
  for (const bool fence_i : {false, true}) {
    Machine m;
    m.program({encode("cv.setupi", {.loop = 0, .imm = 3, .imm2 = 2}),
               encode(fence_i ? "fence.i" : "fence", {})});
    m.hart.step();
    EXPECT_EQ(m.hart.step().next_pc, fence_i ? kRam + 8 : kRam + 4);
    EXPECT_EQ(m.csr(kLpcount0), fence_i ? 3u : 2u);
  }
}

TEST(HardwareLoop, TrappedLastInstructionLeavesTheCountAlone) {
  Machine m;
  m.hart.write_csr(0x305, kRam + 0x100);
  m.program({encode("cv.setupi", {.loop = 0, .imm = 3, .imm2 = 2}), encode("ecall", {})});
  m.hart.step();
  EXPECT_EQ(m.hart.step().next_pc, kRam + 0x100);
  EXPECT_EQ(m.csr(kLpcount0), 3u);
}

TEST(HardwareLoop, CompressedBodiesWork) {
  Machine m;
  m.program({encode("cv.setupi", {.loop = 0, .imm = 6, .imm2 = 2}), 0x0285 /* c.addi t0, 1 */,
             0x0305 /* c.addi t1, 1 */});
  run_to(m, kRam + 8);
  EXPECT_EQ(m.hart.reg(5), 6u);
  EXPECT_EQ(m.hart.reg(6), 6u);
}

TEST(HardwareLoop, AddressesAreWordAligned) {
  Machine m;
  m.hart.set_reg(11, 0x80000103);
  m.exec("cv.start", {.rs1 = 11, .loop = 1});
  m.exec("cv.end", {.rs1 = 11, .loop = 1});
  EXPECT_EQ(m.csr(0xcc4), 0x80000100u);
  EXPECT_EQ(m.csr(0xcc5), 0x80000100u);
  m.exec(0x0001);  // c.nop: now at 2 modulo 4
  const std::uint32_t pc = m.hart.pc();
  m.exec("cv.setup", {.rs1 = 11, .loop = 0, .imm = 3});
  EXPECT_EQ(m.csr(0xcc0), (pc + 4) & ~3u);
  EXPECT_EQ(m.csr(0xcc1), (pc + 12) & ~3u);
  EXPECT_EQ(m.csr(kLpcount0), 0x80000103u);
}

TEST(HardwareLoop, InterruptReturnsToTheLoopStart) {
  Machine m;
  m.program({encode("cv.setupi", {.loop = 0, .imm = 3, .imm2 = 2}), increment(5)});
  m.hart.step();
  m.hart.step();
  m.hart.take_interrupt(11);
  EXPECT_EQ(m.csr(0x341), kRam + 4);
}

}  // namespace
}  // namespace freebits::isa::test
