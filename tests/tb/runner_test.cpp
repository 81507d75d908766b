// SPDX-License-Identifier: Apache-2.0
// How runs end, on the RTL, on the model and in lock step.
#include "freebits/tb/runner.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "freebits/tb/lockstep.hpp"
#include "programs.hpp"

namespace freebits::tb {
namespace {

using test::addi;
using test::lw;
using test::program;

enum class How { Rtl, Model, Check, CheckWithStalls };

class Run : public testing::TestWithParam<How> {
 protected:
  RunResult run(const test::TinyElf& elf, std::uint64_t limit = 5000) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      ("runner_" + std::to_string(::getpid()) + ".elf");
    elf.write(path);
    SystemMemory memory;
    memory.add_region(0x80000000, 0x10000);
    RunOptions options;
    options.console = [this](std::string_view text) { console += text; };
    options.max_cycles = limit;
    options.model = GetParam() == How::Model;
    options.check = GetParam() == How::Check || GetParam() == How::CheckWithStalls;
    if (GetParam() == How::CheckWithStalls) options.core.stall_probability = 0.4;
    const RunResult result = run_program(read_elf(path), memory, options);
    std::filesystem::remove(path);
    return result;
  }
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

std::string how_name(const testing::TestParamInfo<How>& info) {
  constexpr const char* kNames[] = {"Rtl", "Model", "Check", "CheckWithStalls"};
  return kNames[static_cast<int>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Run,
                         testing::Values(How::Rtl, How::Model, How::Check, How::CheckWithStalls),
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
  const Lockstep lockstep(memory, {.boot_address = 0x80000000});
  EXPECT_EQ(lockstep.finish(memory), std::nullopt);
  memory.write_word(0x80000010, 1);
  EXPECT_NE(lockstep.finish(memory).value_or("").find("80000010"), std::string::npos);
}

}  // namespace
}  // namespace freebits::tb
