// SPDX-License-Identifier: Apache-2.0
// Situations random programs rarely meet, in lock-step with the reference model.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "assembler.hpp"
#include "tb/core/core_sim.hpp"
#include "tb/core/lockstep.hpp"
#include "tb/memory/system_memory.hpp"
#include "timing.hpp"

namespace freebits::test {
namespace {

using isa::Format;

constexpr std::uint32_t kHandler = 0x400;
constexpr std::uint32_t kDataEnd = kData + 0x8000;

/// The trap handler: reads the trap CSRs (so that lock-step compares them) and returns behind a
/// 4-byte instruction; from an interrupt it returns with that interrupt disabled.
Program handler() {
  Program p(kHandler);
  p.op("csrrs", {.rd = 28, .imm = 0x342}).op("csrrs", {.rd = 29, .imm = 0x343});
  p.op("csrrs", {.rd = 30, .imm = 0x341}).op("csrrs", {.rd = 31, .imm = 0x300});
  p.to("interrupt", "blt", {.rs1 = 28});
  p.op("addi", {.rd = 30, .rs1 = 30, .imm = 4}).op("csrrw", {.rs1 = 30, .imm = 0x341}).op("mret");
  p.label("interrupt").op("addi", {.rd = 31, .imm = 1}).op("sll", {.rd = 31, .rs1 = 31, .rs2 = 28});
  p.op("csrrc", {.rs1 = 31, .imm = 0x304}).op("mret");
  return p;
}

/// Final state of a run that agreed with the model in every instruction.
struct Outcome {
  std::array<std::uint32_t, 32> registers{};
  std::string order;  ///< causes of the interrupts taken, in order
};

/// Runs `body` from kCode, with mtvec set, until "end" has retired.
Outcome run(const std::function<void(Program&)>& body, std::uint32_t interrupts = 0,
            double stalls = 0) {
  Program p(kCode);
  set_up_registers(p);
  p.li(15, kHandler).op("csrrw", {.rs1 = 15, .imm = 0x305});
  body(p);
  p.label("end").nop(4);
  tb::SystemMemory memory;
  memory.add_region(0, 0x8000);
  memory.add_region(kData, kDataEnd - kData);
  memory.write(kCode, p.bytes());
  memory.write(kHandler, handler().bytes());
  tb::CoreOptions options;
  options.boot_address = kCode;
  options.stall_probability = stalls;
  tb::Lockstep check(memory, options);
  tb::CoreSim core(memory, options);
  core.set_interrupts(interrupts);
  check.set_interrupts(interrupts);
  Outcome outcome;
  while (core.cycles() < 100'000) {
    const isa::Retired* retired = core.step();
    if (retired == nullptr) continue;
    const auto interrupt = core.interrupt();
    if (interrupt) outcome.order += std::to_string(*interrupt) + " ";
    if (const auto report = check.retire(*retired, interrupt, core.cycles())) {
      ADD_FAILURE() << *report;
      return outcome;
    }
    if (retired->pc != p.address("end")) continue;
    for (unsigned i = 0; i < 32; ++i) outcome.registers[i] = check.hart().reg(i);
    EXPECT_EQ(check.finish(memory).value_or(""), "");
    return outcome;
  }
  ADD_FAILURE() << "the end was not reached";
  return outcome;
}

TEST(Core, BothLoopsMayEndOnOneInstruction) {
  for (const int body : {1, 2, 3, 6}) {
    for (const int outer : {1, 2, 7}) {
      for (const int inner : {1, 2, 5}) {
        const Outcome outcome = run([&](Program& p) {
          p.op("addi", {.rd = 20}).op("addi", {.rd = 21});
          p.op("cv.setupi", {.loop = 1, .imm = outer, .imm2 = 3 + body});
          p.op("addi", {.rd = 21, .rs1 = 21, .imm = 1});
          p.op("cv.setupi", {.imm = inner, .imm2 = 1 + body});
          for (int i = 0; i < body; ++i) p.op("addi", {.rd = 20, .rs1 = 20, .imm = 1});
        });
        EXPECT_EQ(outcome.registers[20], static_cast<unsigned>(body * outer * inner));
        EXPECT_EQ(outcome.registers[21], static_cast<unsigned>(outer));
      }
    }
  }
}

TEST(Core, AFaultOnTheSecondWordReportsThatWord) {
  for (const char* mnemonic : {"lw", "sw", "lh", "sh"}) {
    const Outcome outcome = run([&](Program& p) {
      p.li(16, kDataEnd - 1).op("addi", {.rd = 17, .imm = -1});
      p.op(mnemonic, {.rd = 18, .rs1 = 16, .rs2 = 17});
    });
    EXPECT_EQ(outcome.registers[29], kDataEnd) << mnemonic;
    EXPECT_EQ(outcome.registers[28], mnemonic[0] == 'l' ? 5U : 7U) << mnemonic;
  }
}

TEST(Core, AFaultingMacLoadChangesNothing) {
  const Outcome outcome = run([](Program& p) {
    p.li(16, kDataEnd - 2)
        .op("csrrw", {.rs1 = 16, .imm = 0x7C8})
        .op("csrrwi", {.imm = 0x7C9, .imm2 = 4});
    p.op("csrrwi", {.imm = 0x7C0, .imm2 = 1}).op("csrrwi", {.imm = 0x7C1, .imm2 = 2});
    p.op("csrrw", {.rs1 = 10, .imm = 0x7CC}).op("csrrw", {.rs1 = 11, .imm = 0x7D0});
    p.op("addi", {.rd = 17, .imm = 55});
    p.op("fb.mlsdotup", {.rd = 17, .ld = 0}, Format::MacLoadWeight);
    p.op("csrrs", {.rd = 18, .imm = 0x7C8})
        .op("csrrs", {.rd = 19, .imm = 0x7C2})
        .op("csrrs", {.rd = 20, .imm = 0x7D0});
  });
  EXPECT_EQ(outcome.registers[28], 5U);
  EXPECT_EQ(outcome.registers[29], kDataEnd);
  EXPECT_EQ(outcome.registers[17], 55U);
  EXPECT_EQ(outcome.registers[18], kDataEnd - 2);
  EXPECT_EQ(outcome.registers[19], 0U);
  EXPECT_EQ(outcome.registers[20], 9U);
}

TEST(Core, InterruptsAreTakenByPriority) {
  const Outcome outcome = run(
      [](Program& p) {
        p.op("addi", {.rd = 16, .imm = -1}).op("csrrw", {.rs1 = 16, .imm = 0x304});
        p.op("csrrsi", {.imm = 0x300, .imm2 = 8}).nop(4);
      },
      0xC001'0888);
  EXPECT_EQ(outcome.order, "31 30 16 11 3 7 ");
}

TEST(Core, VectoredInterruptsGoToTheirVectorAndExceptionsToTheBase) {
  const Outcome outcome = run(
      [](Program& p) {
        // Vectors of one word each: interrupt 16 jumps to the handler, exceptions start at the
        // base.
        p.li(16, 0x600 | 1)
            .li(17, assemble("jal", {.imm = static_cast<std::int32_t>(kHandler - 0x600)}))
            .li(18, 0x600);
        p.op("sw", {.rs1 = 18, .rs2 = 17})
            .li(17, assemble("jal", {.imm = static_cast<std::int32_t>(kHandler - 0x640)}));
        p.op("sw", {.rs1 = 18, .rs2 = 17, .imm = 0x40})
            .op("fence.i")
            .op("csrrw", {.rs1 = 16, .imm = 0x305});
        p.op("ecall").li(16, 1U << 16).op("csrrw", {.rs1 = 16, .imm = 0x304});
        p.op("csrrsi", {.imm = 0x300, .imm2 = 8}).nop(4);
      },
      0x0001'0000);
  EXPECT_EQ(outcome.order, "16 ");
}

TEST(Core, ALoopInterruptedAnywhereContinuesWhereItWas) {
  const Outcome outcome = run(
      [](Program& p) {
        p.op("addi", {.rd = 20}).li(16, 0x0001'0888).op("csrrsi", {.imm = 0x300, .imm2 = 8});
        p.op("cv.setupi", {.imm = 20, .imm2 = 4});
        p.op("csrrs", {.rs1 = 16, .imm = 0x304}).op("addi", {.rd = 20, .rs1 = 20, .imm = 1}).nop();
      },
      0x0001'0888);
  EXPECT_EQ(outcome.registers[20], 20U);
}

}  // namespace
}  // namespace freebits::test
