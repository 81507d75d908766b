// SPDX-License-Identifier: Apache-2.0
// How runs end, on the RTL, on the model and in lock step.
#include "tb/runner/runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "programs.hpp"
#include "tb/core/lockstep.hpp"

namespace freebits::tb {
namespace {

using test::addi;
using test::bne;
using test::csrrw;
using test::lui;
using test::lw;
using test::program;
using test::program_that_exits;
using test::sw;
using test::word;

constexpr std::int32_t kMtvec = 0x305;
constexpr std::int32_t kMepc = 0x341;

enum class How { Rtl, Model, Check, CheckWithStalls };

class Run : public testing::TestWithParam<How> {
 protected:
  Run() { memory.add_region(0x80000000, 0x10000); }

  RunResult run(const test::TinyElf& elf, std::uint64_t limit = 5000) {
    const How how = GetParam();
    options.model = how == How::Model;
    options.check = how == How::Check || how == How::CheckWithStalls;
    options.core.stall_probability = how == How::CheckWithStalls ? 0.4 : 0;
    options.max_cycles = limit;
    return run_again(elf);
  }
  RunResult run_again(const test::TinyElf& elf) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      ("runner_" + std::to_string(::getpid()) + ".elf");
    elf.write(path);
    options.console = [this](std::string_view text) { console += text; };
    const RunResult result = run_program(read_elf(path), memory, options);
    std::filesystem::remove(path);
    return result;
  }
  void expect_exit(const test::TinyElf& elf, std::uint32_t code, std::uint64_t limit) {
    const RunResult result = run(elf, limit);
    EXPECT_EQ(result.outcome, Outcome::Exited) << result.message;
    EXPECT_EQ(result.exit_code, code);
  }

  SystemMemory memory;
  RunOptions options;
  std::string console;
};

TEST_P(Run, EndsWithTheProgramsExitCode) {
  const RunResult result = run(test::exits_with(5));
  EXPECT_EQ(result.outcome, Outcome::Exited) << result.message;
  EXPECT_EQ(result.exit_code, 5U);
}

TEST_P(Run, NamesAnEndlessLoop) {
  const RunResult result = run(program({test::kLoopForever}));
  EXPECT_EQ(result.outcome, Outcome::EndlessLoop);
  EXPECT_NE(result.message.find("0x80000004"), std::string::npos) << result.message;
}

TEST_P(Run, StopsAtTheLimit) {
  const RunResult result = run(program({addi(1, 1, 1), 0xffdff06f /* j . - 4 */}), 500);
  EXPECT_EQ(result.outcome, Outcome::CycleLimit) << result.message;
  EXPECT_NE(result.message.find("--max-cycles"), std::string::npos);
  EXPECT_EQ(GetParam() == How::Model ? result.instructions : result.cycles, 500U);
}

TEST_P(Run, StopsSoonAfterAnInterruption) {
  const std::atomic<bool> interrupted = true;
  options.interrupted = &interrupted;
  const RunResult result = run(program({addi(1, 1, 1), 0xffdff06f /* j . - 4 */}), 10'000'000);
  EXPECT_EQ(result.outcome, Outcome::Interrupted);
  EXPECT_LE(result.cycles, 4096U);
}

/// tohost and fromhost change under the program's eyes, between a load's grant and its retirement
/// too.
TEST_P(Run, LetsTheProgramPollTheHost) {
  expect_exit(program_that_exits({addi(12, 10, 0x7ff), addi(12, 12, 1), addi(13, 0, 'o'),
                                  lui(14, 0x01010), addi(17, 0, 40),
                                  // again:
                                  sw(13, 12, 0), sw(14, 12, 4),
                                  // busy:
                                  lw(15, 12, 0), lw(16, 12, 4), bne(15, 0, -8), bne(16, 0, -12),
                                  addi(17, 17, -1), bne(17, 0, -28)},
                                 0),
              0, 50'000);
  EXPECT_EQ(console, std::string(40, 'o'));
}

TEST_P(Run, LetsTheProgramWaitForASystemCall) {
  // A block at 0x80001000: write(1, 0x80000000, 0), twenty times.
  expect_exit(
      program_that_exits({addi(12, 10, 0x7ff), addi(12, 12, 1), lui(13, 0x80001), addi(17, 0, 20),
                          // again:
                          addi(14, 0, 64), sw(14, 13, 0), sw(10, 13, 16), sw(0, 13, 24),
                          sw(0, 12, 64), sw(13, 12, 0), sw(0, 12, 4),
                          // wait:
                          lw(15, 12, 64), lw(16, 13, 0), word("beq", {.rs1 = 15, .imm = -8}),
                          bne(16, 0, 0x14 + 4), addi(17, 17, -1), bne(17, 0, -48)},
                         4),
      4, 50'000);
}

TEST_P(Run, WaitsForTheSecondHalfOfAMessage) {
  expect_exit(program_that_exits({addi(12, 10, 0x7ff), addi(12, 12, 1), addi(13, 0, 'o'),
                                  lui(14, 0x01010), addi(15, 0, 500), sw(13, 12, 0),
                                  addi(15, 15, -1), bne(15, 0, -4), sw(14, 12, 4)},
                                 7),
              7, 50'000);
  EXPECT_EQ(console, "o");
}

TEST_P(Run, NamesAHandlerThatFaultsPastItsFirstInstruction) {
  const RunResult result =
      run(program({addi(5, 10, 5 * 4), csrrw(0, kMtvec, 5), test::kEcall, test::kLoopForever,
                   // handler:
                   addi(6, 6, 0), lw(7, 0, 64), test::kMret}),
          100'000);
  EXPECT_EQ(result.outcome, Outcome::NoTrapHandler) << result.message;
  for (const char* part : {"environment call (mcause 11, mtval 0x00000000) at pc 0x8000000c",
                           "trap loop: its handler at 0x80000014",
                           "load access fault (mcause 5, mtval 0x00000040) at pc 0x80000018"}) {
    EXPECT_NE(result.message.find(part), std::string::npos) << result.message;
  }
}

TEST_P(Run, NamesAHandlerWhoseStackFallsForEver) {
  const RunResult result =
      run(program({addi(5, 10, 5 * 4), csrrw(0, kMtvec, 5), test::kEcall, test::kLoopForever,
                   // handler:
                   addi(2, 2, -16), sw(7, 2, 0), test::kMret}),
          3'000'000);
  EXPECT_EQ(result.outcome, Outcome::NoTrapHandler) << result.message;
  EXPECT_NE(result.message.find("store access fault"), std::string::npos) << result.message;
}

TEST_P(Run, ToleratesHandlersThatReturnOrJumpAway) {
  for (const bool jumps_away : {false, true}) {
    expect_exit(program_that_exits(
                    {addi(5, 10, 11 * 4), csrrw(0, kMtvec, 5), addi(17, 0, 300),
                     // again:
                     test::kEcall, addi(17, 17, -1), bne(17, 0, -8), addi(17, 0, 1),
                     addi(17, 17, -1), word("beq", {.rs1 = 17, .imm = 8 * 4}), test::kLoopForever,
                     // handler: mepc += 4
                     csrrw(6, kMepc, 0), addi(6, 6, 4), csrrw(0, kMepc, 6), addi(0, 0, 0),
                     jumps_away ? word("jalr", {.rs1 = 6}) : test::kMret, test::kLoopForever},
                    2),
                2, 50'000);
  }
}

TEST_P(Run, NamesATrapWithoutHandler) {
  const RunResult result = run(program({lw(5, 0, 64), test::kLoopForever}));
  EXPECT_EQ(result.outcome, Outcome::NoTrapHandler) << result.message;
  EXPECT_NE(
      result.message.find("load access fault (mcause 5, mtval 0x00000040) at pc 0x80000004: lw t0"),
      std::string::npos)
      << result.message;
}

TEST_P(Run, NamesASleepThatNothingEnds) {
  const RunResult result = run(program({0x10500073 /* wfi */, test::kLoopForever}), 1'000'000);
  EXPECT_EQ(result.outcome, Outcome::Asleep) << result.message;
}

TEST_P(Run, HearsCoreVsPeripheralsBesideToHost) {
  memory.add_region(0x10000000, 0x1000);
  memory.add_region(0x20000000, 0x1000);
  expect_exit(program({lui(12, 0x10000), addi(13, 0, 'o'), sw(13, 12, 0),  // printer
                       lui(12, 0x20000), lui(13, 0x075bd), addi(13, 13, -747), sw(13, 12, 0),
                       test::kLoopForever}),
              0, 5000);
  EXPECT_EQ(console, "o");
  expect_exit(program({lui(12, 0x20000), addi(13, 0, 9), sw(13, 12, 4), test::kLoopForever}), 9,
              5000);
}

TEST_P(Run, TakesTheProgramsOwnMemoryForNoPeripheral) {
  memory.add_region(0x20000000, 0x2000);
  test::TinyElf elf = program_that_exits({addi(13, 0, 1), sw(13, 10, 0), sw(13, 10, 4)}, 4);
  elf.address = 0x20000000;
  elf.words[0] = lui(10, 0x20000);
  elf.symbols = {{"tohost", 0x20000800}};
  expect_exit(elf, 4, 5000);
}

TEST_P(Run, EndsWithANegativeExitCode) {
  expect_exit(test::exits_with(-1), ~0U, 5000);
  // As a 64-bit number.
  expect_exit(program({addi(11, 0, -5), addi(12, 10, 0x7ff), sw(11, 12, 1), addi(13, 0, -1),
                       sw(13, 12, 5), test::kLoopForever}),
              static_cast<std::uint32_t>(-3), 5000);
}

constexpr std::uint32_t kSemihosting[] = {0x01f01013, 0x00100073, 0x40705013};

TEST_P(Run, EndsWithASemihostingExit) {
  const auto exits = [](std::uint32_t reason, std::int32_t call) {
    return program({lui(11, reason >> 12), addi(11, 11, static_cast<std::int32_t>(reason & 0xfff)),
                    addi(10, 0, call), kSemihosting[0], kSemihosting[1], kSemihosting[2],
                    test::kLoopForever});
  };
  expect_exit(exits(0x20026, 0x18), 0, 5000);
  expect_exit(exits(0x20023, 0x18), 1, 5000);
  // Another call, and no call: the program's own affair.
  EXPECT_EQ(run(exits(0x20026, 0x05)).outcome, Outcome::NoTrapHandler);
  EXPECT_EQ(run(program({addi(10, 0, 0x18), kSemihosting[1], test::kLoopForever})).outcome,
            Outcome::NoTrapHandler);
}

TEST_P(Run, EndsWithASemihostingExitInSpiteOfATrapHandler) {
  // SYS_EXIT_EXTENDED: reason and code lie at 0x80001000; the handler would go on behind the call.
  expect_exit(
      program({addi(5, 10, 14 * 4), csrrw(0, kMtvec, 5), lui(11, 0x80001), lui(13, 0x20),
               addi(13, 13, 0x26), sw(13, 11, 0), addi(13, 0, 42), sw(13, 11, 4), addi(10, 0, 0x20),
               kSemihosting[0], kSemihosting[1], kSemihosting[2], test::kLoopForever,
               csrrw(6, kMepc, 0), addi(6, 6, 4), csrrw(0, kMepc, 6), test::kMret}),
      42, 5000);
}

std::string how_name(const testing::TestParamInfo<How>& info) {
  constexpr const char* kNames[] = {"Rtl", "Model", "Check", "CheckWithStalls"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Run,
                         testing::Values(How::Rtl, How::Model, How::Check, How::CheckWithStalls),
                         how_name);

class CheckedRun : public Run {};

TEST_P(CheckedRun, CountsTheSameWithAndWithoutAModelBeside) {
  const RunResult checked = run(test::exits_with(5));
  options.check = false;
  const RunResult alone = run_again(test::exits_with(5));
  EXPECT_EQ(alone.cycles, checked.cycles);
  EXPECT_EQ(alone.instructions, checked.instructions);
  EXPECT_EQ(alone.accounting, checked.accounting);
}

TEST_P(CheckedRun, ComparesMemoryAtTheEnd) {
  // A word no instruction reads changes in the core's memory alone.
  options.on_retire = [this](const isa::Retired&, std::uint64_t) {
    memory.write_word(0x80001800, 0x600d);
  };
  const RunResult result = run(test::exits_with(0));
  EXPECT_EQ(result.outcome, Outcome::Diverged);
  EXPECT_NE(result.message.find("memory [80001800]  core 0000600d"), std::string::npos)
      << result.message;
}

INSTANTIATE_TEST_SUITE_P(LockStep, CheckedRun, testing::Values(How::Check, How::CheckWithStalls),
                         how_name);

TEST(CoreSim, AccountsForEveryCycle) {
  SystemMemory memory;
  memory.add_region(0x80000000, 0x1000);
  for (unsigned i = 0; i < 0x400; ++i) memory.write_word(0x80000000 + 4 * i, addi(1, 1, 1));
  CoreSim core(memory, {.boot_address = 0x80000000, .stall_probability = 0.3});
  for (int i = 0; i < 1000; ++i) core.step();
  const Accounting& a = core.accounting();
  EXPECT_EQ(std::accumulate(a.begin(), a.end(), std::uint64_t{0}), core.cycles());
  EXPECT_EQ(core.cycles(), 1000U);
}

TEST(CoreSim, RepeatsARunExactlyForTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    SystemMemory memory;
    memory.add_region(0x80000000, 0x1000);
    for (unsigned i = 0; i < 0x400; ++i) memory.write_word(0x80000000 + 4 * i, addi(1, 1, 1));
    CoreSim core(memory,
                 {.boot_address = 0x80000000, .stall_probability = 0.5, .stall_seed = seed});
    for (int i = 0; i < 500; ++i) core.step();
    return core.instructions();
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(Lockstep, ReportsEveryKindOfDifference) {
  SystemMemory memory;
  memory.add_region(0x80000000, 0x1000);
  memory.write_word(0x80000000, addi(5, 0, 3));
  const CoreOptions options{.boot_address = 0x80000000};
  isa::Retired right{
      .insn = addi(5, 0, 3), .pc = 0x80000000, .next_pc = 0x80000004, .rd = 5, .rd_value = 3};
  EXPECT_EQ(Lockstep(memory, options).retire(right, std::nullopt, 1), std::nullopt);

  const auto report = [&](auto change) {
    isa::Retired wrong = right;
    change(wrong);
    return Lockstep(memory, options).retire(wrong, std::nullopt, 1).value_or("no difference seen");
  };
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  expect(report([](auto& r) { r.rd_value = 4; }), "register t0");
  expect(report([](auto& r) { r.rd = 6; }), "core t1   model t0");
  expect(report([](auto& r) { r.next_pc = 0; }), "next pc");
  expect(report([](auto& r) { r.trap = true; }), "trap");
  expect(report([](auto& r) { r.mem_wmask = 1; }), "bytes written");
  expect(report([](auto& r) { r.rd2 = 1; }), "base register");
  expect(Lockstep(memory, options).retire(right, 7, 1).value_or(""), "interrupt 7 taken");
}

TEST(Lockstep, ComparesMemoryAtTheEnd) {
  SystemMemory memory;
  memory.add_region(0x80000000, 0x1000);
  Lockstep lockstep(memory, {.boot_address = 0x80000000});
  EXPECT_EQ(lockstep.finish(memory), std::nullopt);
  memory.write_word(0x80000010, 1);
  EXPECT_NE(lockstep.finish(memory).value_or("").find("80000010"), std::string::npos);
}

}  // namespace
}  // namespace freebits::tb
