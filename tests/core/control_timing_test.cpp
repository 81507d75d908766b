// SPDX-License-Identifier: Apache-2.0
// Cycles of jumps, branches, traps and hardware loops.
#include "timing.hpp"

namespace freebits::test {
namespace {

using isa::Format;

/// Code behind a transfer that must not run, and the target, 2 bytes off a word boundary if asked.
void target(Program& p, bool unaligned) { p.nop(2).align(unaligned ? 2 : 0).label("end").nop(12); }

/// Cycles of the transfer `body` appends; it goes to "end".
std::uint64_t transfer(const std::function<void(Program&)>& body, bool unaligned = false) {
  Program p(kCode);
  set_up_registers(p);
  p.op("auipc", {.rd = 20});
  const std::uint32_t anchor = p.here() - 4;
  p.op("addi", {.rd = 20, .rs1 = 20, .imm = 256}).nop(8).label("begin").nop();
  body(p);
  target(p, unaligned);
  EXPECT_LT(p.here(), anchor + 256);
  return measure(p);
}

TEST(Timing, JumpsTakeTwoCycles) {
  EXPECT_EQ(transfer([](Program& p) { p.to("end", "jal"); }), 2U);
  EXPECT_EQ(transfer([](Program& p) { p.to("end", "jal", {.rd = 1}); }), 2U);
  EXPECT_EQ(cost([](Program& p) { p.half(0xA011).c_nop(); }), 2U) << "c.j .+4";
}

TEST(Timing, JumpsToA32BitInstructionAcrossAWordTakeThree) {
  EXPECT_EQ(transfer([](Program& p) { p.to("end", "jal"); }, true), 3U);
}

/// jalr to "end", whose address x15 has got; `gap` instructions before the jalr.
std::uint64_t indirect(unsigned gap, const char* producer) {
  Program p(kCode);
  set_up_registers(p);
  p.li(16, kCode + 512).op("sw", {.rs1 = 8, .rs2 = 16}).nop(8).label("begin").nop();
  if (std::string_view(producer) == "lw") p.op("lw", {.rd = 15, .rs1 = 8});
  if (std::string_view(producer) == "addi") p.op("addi", {.rd = 15, .rs1 = 16});
  p.nop(gap).op("jalr", {.rd = 1, .rs1 = 15});
  while (p.here() < kCode + 512) p.nop();
  p.label("end").nop(12);
  return measure(p);
}

TEST(Timing, IndirectJumpsTakeTwoCyclesAndWaitForTheirBase) {
  EXPECT_EQ(indirect(2, "addi"), 3U + 2U);
  EXPECT_EQ(indirect(1, "addi"), 2U + 2U);
  EXPECT_EQ(indirect(0, "addi"), 1U + 3U);
  EXPECT_EQ(indirect(2, "lw"), 3U + 2U);
  EXPECT_EQ(indirect(1, "lw"), 2U + 3U);
  EXPECT_EQ(indirect(0, "lw"), 1U + 4U);
}

TEST(Timing, BranchesNotTakenTakeOneCycle) {
  EXPECT_EQ(
      cost([](Program& p) {
        p.to("end", "beq", {.rs1 = 10, .rs2 = 11}).to("end", "bltu", {.rs1 = 11, .rs2 = 10});
        p.to("end", "bge", {.rs1 = 10, .rs2 = 11}).to("end", "cv.beqimm", {.rs1 = 10, .imm2 = 3});
      }),
      4U);
  EXPECT_EQ(cost([](Program& p) {
              p.op("addi", {.rd = 15, .rs1 = 10}).to("end", "beq", {.rs1 = 15, .rs2 = 11});
              p.op("addi", {.rd = 15, .rs1 = 10}).to("end", "beq", {.rs1 = 11, .rs2 = 15});
              p.op("addi", {.rd = 15, .rs1 = 10}).to("end", "cv.beqimm", {.rs1 = 15, .imm2 = 3});
            }),
            6U)
      << "with an operand of the instruction just before";
}

TEST(Timing, TakenBranchesTakeTwoCyclesThreeWithAFreshOperand) {
  const isa::Operands equal{.rs1 = 10, .rs2 = 14};
  EXPECT_EQ(transfer([&](Program& p) { p.to("end", "beq", equal); }), 2U);
  EXPECT_EQ(transfer([&](Program& p) { p.to("end", "blt", {.rs1 = 12, .rs2 = 10}); }), 2U);
  EXPECT_EQ(transfer([&](Program& p) { p.to("end", "bltu", {.rs1 = 10, .rs2 = 12}); }), 2U);
  EXPECT_EQ(transfer([&](Program& p) { p.to("end", "cv.beqimm", {.rs1 = 10, .imm2 = 7}); }), 2U);
  EXPECT_EQ(
      transfer([&](Program& p) { p.op("addi", {.rd = 10, .rs1 = 14}).to("end", "beq", equal); }),
      1U + 3U);
  EXPECT_EQ(
      transfer([&](Program& p) { p.op("addi", {.rd = 14, .rs1 = 10}).to("end", "beq", equal); }),
      1U + 3U);
  EXPECT_EQ(transfer([&](Program& p) {
              p.op("addi", {.rd = 14, .rs1 = 10}).nop().to("end", "beq", equal);
            }),
            2U + 2U);
  EXPECT_EQ(
      transfer([&](Program& p) {
        p.op("sw", {.rs1 = 8, .rs2 = 10}).op("lw", {.rd = 14, .rs1 = 8}).to("end", "beq", equal);
      }),
      2U + 4U)
      << "a load just before";
}

TEST(Timing, TakenBranchesToA32BitInstructionAcrossAWordTakeOneMore) {
  const isa::Operands equal{.rs1 = 10, .rs2 = 14};
  EXPECT_EQ(transfer([&](Program& p) { p.to("end", "beq", equal); }, true), 3U);
  EXPECT_EQ(
      transfer([&](Program& p) { p.op("addi", {.rd = 14, .rs1 = 10}).to("end", "beq", equal); },
               true),
      1U + 4U);
}

/// Cycles of `trapping` until the first instruction of its handler is next.
std::uint64_t trap_entry(std::uint32_t trapping) {
  Program p(kCode);
  set_up_registers(p);
  p.li(15, kCode + 256).op("csrrw", {.rs1 = 15, .imm = 0x305}).nop(8);
  p.label("begin").nop().word(trapping);
  while (p.here() < kCode + 256) p.nop();
  p.label("end").nop(12);
  return measure(p);
}

TEST(Timing, TrapsTakeThreeCycles) {
  EXPECT_EQ(trap_entry(assemble("ecall")), 3U);
  EXPECT_EQ(trap_entry(assemble("ebreak")), 3U);
  EXPECT_EQ(trap_entry(0xFFFFFFFF), 3U) << "illegal";
  EXPECT_EQ(trap_entry(assemble("csrrs", {.rd = 1, .imm = 0x123})), 3U) << "no such CSR";
  EXPECT_EQ(trap_entry(assemble("lw", {.rd = 1, .rs1 = 0, .imm = -4})), 3U) << "load fault";
  EXPECT_EQ(trap_entry(assemble("sw", {.rs1 = 0, .rs2 = 1, .imm = -4})), 3U) << "store fault";
}

TEST(Timing, MretTakesThreeCycles) {
  Program p(kCode);
  set_up_registers(p);
  p.li(15, kCode + 256).op("csrrw", {.rs1 = 15, .imm = 0x341}).nop(8);
  p.label("begin").nop().op("mret");
  while (p.here() < kCode + 256) p.nop();
  p.label("end").nop(12);
  EXPECT_EQ(measure(p), 3U);
}

class LoopBody : public testing::TestWithParam<int> {};

TEST_P(LoopBody, CostsNothingBesidesItsInstructions) {
  const int length = GetParam();
  const auto body = [&](Program& p) {
    for (int i = 0; i < length; ++i) p.op("add", {.rd = 15, .rs1 = 15, .rs2 = 10});
  };
  const std::uint64_t instructions = 100 * static_cast<std::uint64_t>(length);
  EXPECT_EQ(cost([&](Program& p) {
              p.op("cv.setup", {.rs1 = 13, .imm = length + 1});
              body(p);
            }),
            1 + instructions)
      << "cv.setup right before the body";
  EXPECT_EQ(cost([&](Program& p) {
              p.op("cv.setupi", {.loop = 1, .imm = 100, .imm2 = length + 1});
              body(p);
            }),
            1 + instructions)
      << "cv.setupi right before the body";
  EXPECT_EQ(cost([&](Program& p) {
              p.op("cv.starti", {.imm = 3})
                  .op("cv.endi", {.imm = 2 + length})
                  .op("cv.count", {.rs1 = 13});
              body(p);
            }),
            3 + instructions)
      << "start, end and count apart";
}

INSTANTIATE_TEST_SUITE_P(Timing, LoopBody, testing::Values(2, 3, 4, 5, 8, 13));

TEST(Timing, NestedLoopsCostNothingBesidesTheirInstructions) {
  for (const int inner : {2, 3, 4, 8}) {
    for (const int tail : {1, 2, 4}) {
      const auto cycles = cost([&](Program& p) {
        p.op("cv.setupi", {.loop = 1, .imm = 10, .imm2 = 2 + inner + tail});
        p.op("cv.setup", {.rs1 = 13, .imm = inner + 1});
        for (int i = 0; i < inner; ++i) p.op("add", {.rd = 15, .rs1 = 15, .rs2 = 10});
        for (int i = 0; i < tail; ++i) p.op("add", {.rd = 16, .rs1 = 16, .rs2 = 15});
      });
      EXPECT_EQ(cycles,
                1U + 10U * (1U + 100U * static_cast<unsigned>(inner) + static_cast<unsigned>(tail)))
          << "inner body " << inner << ", tail " << tail;
    }
  }
}

TEST(Timing, ALoopWhoseCountComesFromTheInstructionBeforeCostsNothingMore) {
  EXPECT_EQ(cost([](Program& p) {
              p.op("addi", {.rd = 15, .rs1 = 0, .imm = 50}).op("cv.setup", {.rs1 = 15, .imm = 4});
              p.op("add", {.rd = 16, .rs1 = 16, .rs2 = 10}).nop(2);
            }),
            2U + 50U * 3U);
}

/// The inner loop of docs/method: two rounds of (2 loads, 2 dot products), a scalar tail of 3,
/// closed by the loop hardware or by a branch.
std::uint64_t reference_loop(bool hardware_loop) {
  return cost([&](Program& p) {
    p.op("addi", {.rd = 15, .imm = 256});
    if (hardware_loop) p.op("cv.setup", {.rs1 = 15, .imm = 12});
    p.label("loop");
    for (int round = 0; round < 2; ++round) {
      p.op("cv.lw", {.rd = 16, .rs1 = 8, .imm = 4}, Format::LoadPostImm);
      p.op("cv.lw", {.rd = 17, .rs1 = 9, .imm = 4}, Format::LoadPostImm);
      p.op("cv.sdotsp.b", {.rd = 18, .rs1 = 16, .rs2 = 10});
      p.op("cv.sdotsp.b", {.rd = 19, .rs1 = 17, .rs2 = 16});
    }
    p.op("xor", {.rd = 20, .rs1 = 20, .rs2 = 18}).op("add", {.rd = 21, .rs1 = 21, .rs2 = 20});
    p.op("srai", {.rd = 22, .rs1 = 21, .imm = 3});
    if (!hardware_loop) {
      p.op("addi", {.rd = 15, .rs1 = 15, .imm = -1}).op("addi", {.rd = 23, .rs1 = 15});
      p.to("loop", "bne", {.rs1 = 15, .rs2 = 0});
    }
  });
}

TEST(Timing, TheReferenceInnerLoopIssuesOneInstructionPerCycle) {
  EXPECT_EQ(reference_loop(true), 2U + 256U * 11U);
  EXPECT_EQ(reference_loop(false), 1U + 256U * (14U + 1U) - 1U);
}

}  // namespace
}  // namespace freebits::test
