// SPDX-License-Identifier: Apache-2.0
// run() against step(): random programs, code that changes under way, stop reasons.
#include <gtest/gtest.h>

#include "machine.hpp"
#include "random_insn.hpp"
#include "tb/isa/csr.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kHandler = kRam + 0x4000;
constexpr std::uint32_t kMtvec = 0x305;

/// Skips the trapping instruction and returns.
void install_handler(Machine& m) {
  m.hart.set_pc(kHandler);
  m.program({encode("csrrw", {.rd = 31, .rs1 = 31, .imm = 0x340}),
             encode("csrrs", {.rd = 31, .imm = 0x341}),
             encode("addi", {.rd = 31, .rs1 = 31, .imm = 4}),
             encode("csrrw", {.rd = 0, .rs1 = 31, .imm = 0x341}),
             encode("csrrw", {.rd = 31, .rs1 = 31, .imm = 0x340}), encode("mret", {})});
  m.hart.write_csr(kMtvec, kHandler);
  m.hart.set_pc(kRam);
}

/// Fills the code area with random instructions of all kinds, the registers with addresses inside
/// the code and data.
void install_random_program(Machine& m, std::uint64_t seed) {
  install_handler(m);
  Random random(seed);
  for (std::uint32_t at = 0; at < 0x1000; at += 4) {
    const auto all = instructions();
    const InsnSpec& spec =
        all[static_cast<std::size_t>(random.between(0, static_cast<std::int32_t>(all.size()) - 1))];
    Operands operands = random_operands(spec, random);
    if (spec.has(kBranch) || spec.has(kJump)) operands.imm = 4 * random.between(-20, 20);
    std::uint32_t insn = isa::encode(spec, operands);
    if (random.between(0, 9) == 0)
      insn = random.bits();  // often illegal, often two 16-bit instructions
    m.ram.set_word(kRam + at, insn);
  }
  for (unsigned i = 1; i < 32; ++i) {
    m.hart.set_reg(i, kRam + static_cast<std::uint32_t>(random.between(0, 0x1fff)));
  }
  m.hart.invalidate_code();
}

void expect_same_state(Machine& a, Machine& b, std::uint64_t seed) {
  ASSERT_EQ(a.hart.order(), b.hart.order()) << "seed " << seed;
  ASSERT_EQ(a.hart.pc(), b.hart.pc()) << "seed " << seed;
  for (unsigned i = 0; i < 32; ++i)
    ASSERT_EQ(a.hart.reg(i), b.hart.reg(i)) << "seed " << seed << " x" << i;
  for (const CsrSpec& csr : csrs()) {
    ASSERT_EQ(a.csr(csr.number), b.csr(csr.number)) << "seed " << seed << ' ' << csr.name;
  }
  for (std::uint32_t at = 0; at < kRamSize; at += 4) {
    ASSERT_EQ(a.ram.word(kRam + at), b.ram.word(kRam + at)) << "seed " << seed << " at " << at;
  }
}

TEST(Run, DoesWhatStepDoesOnRandomPrograms) {
  std::uint64_t total = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Machine by_step;
    Machine by_run;
    install_random_program(by_step, seed);
    install_random_program(by_run, seed);
    const RunResult result = by_run.hart.run(5000);
    for (std::uint64_t i = 0; i < result.instructions; ++i) by_step.hart.step();
    expect_same_state(by_step, by_run, seed);
    total += result.instructions;
  }
  EXPECT_GT(total, 100000u) << "the programs should not all die early";
}

TEST(Run, InSlicesIsTheSameAsAtOnce) {
  Machine slices;
  Machine whole;
  install_random_program(slices, 7);
  install_random_program(whole, 7);
  const std::uint64_t executed = whole.hart.run(1000).instructions;
  for (std::uint64_t i = 0; i < executed; ++i) slices.hart.run(1);
  expect_same_state(slices, whole, 7);
}

TEST(Run, SeesItsOwnStoresToCodeAtOnce) {
  Machine m;
  // Each round adds 1 to the immediate of the addi at kRam + 12, then executes it.
  m.program({encode("lw", {.rd = 12, .rs1 = 11, .imm = 12}),
             encode("add", {.rd = 12, .rs1 = 12, .rs2 = 13}),
             encode("sw", {.rs1 = 11, .rs2 = 12, .imm = 12}), encode("addi", {.rd = 5, .imm = 0}),
             encode("jal", {.rd = 0, .imm = -16})});
  m.hart.set_reg(11, kRam);
  m.hart.set_reg(13, 1 << 20);
  m.hart.run(10 * 5);
  EXPECT_EQ(m.hart.reg(5), 10u);
}

TEST(Run, StopsWhenADeviceAsksForIt) {
  class Device : public Ram {
   public:
    Hart* hart = nullptr;

   protected:
    bool device_store(std::uint32_t, unsigned, std::uint32_t) override {
      hart->request_stop();
      return true;
    }
  };
  Device memory;
  Hart hart(memory, Level::Rv32imc, 0, kRam);
  memory.hart = &hart;
  memory.set_word(kRam, encode("addi", {.rd = 5, .imm = 1}));
  memory.set_word(kRam + 4, encode("sw", {.rs1 = 0, .rs2 = 5, .imm = 16}));
  const RunResult result = hart.run(100);
  EXPECT_EQ(result.reason, StopReason::Requested);
  EXPECT_EQ(result.instructions, 2u);
  EXPECT_EQ(hart.pc(), kRam + 8);
}

TEST(Run, StopsAtATrapWithoutHandler) {
  Machine m;
  m.program({encode("ecall", {})});  // mtvec = 0, where there is no memory
  const RunResult result = m.hart.run(100);
  EXPECT_EQ(result.reason, StopReason::TrapLoop);
  EXPECT_EQ(result.instructions, 2u);
}

TEST(Run, StopsForAnInterruptAsSoonAsItIsEnabled) {
  Machine m;
  m.hart.set_interrupts(1 << 7);
  m.hart.write_csr(0x304, 1 << 7);
  m.program({encode("addi", {.rd = 5, .imm = 8}),
             encode("csrrs", {.rd = 0, .rs1 = 5, .imm = 0x300}),
             encode("addi", {.rd = 5, .imm = 9})});
  const RunResult result = m.hart.run(100);
  EXPECT_EQ(result.reason, StopReason::InterruptPending);
  EXPECT_EQ(m.hart.pc(), kRam + 8);
  EXPECT_EQ(m.hart.reg(5), 8u);
}

TEST(Run, CodeWrittenByOthersNeedsInvalidation) {
  Machine m;
  const std::uint32_t loop = encode("jal", {.rd = 0, .imm = -4});
  m.program({encode("addi", {.rd = 5, .imm = 1}), loop});
  m.hart.run(4);
  m.ram.set_word(kRam, encode("addi", {.rd = 5, .imm = 2}));
  m.hart.invalidate_code();
  m.hart.run(2);
  EXPECT_EQ(m.hart.reg(5), 2u);
}

}  // namespace
}  // namespace freebits::isa::test
