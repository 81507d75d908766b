// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <thread>

#include "base/error.hpp"
#include "cluster_programs.hpp"
#include "tb/core/fst_file.hpp"

namespace freebits::test {
namespace {

using tb::Cluster;
using tb::Visibility;

tb::Target target(unsigned cores) {
  tb::Target t;
  t.name = "test";
  t.geometry.cores = cores;
  t.geometry.banks = 2 * cores;
  return t;
}

/// What a run leaves behind for comparison.
struct Trail {
  std::uint64_t cycles = 0;
  std::vector<std::uint64_t> instructions;
  std::vector<tb::Accounting> accounting;
  friend bool operator==(const Trail&, const Trail&) = default;
};

Trail trail(const Cluster& cluster) {
  Trail t{cluster.cycles(), {}, {}};
  for (unsigned i = 0; i < cluster.cores(); ++i) {
    t.instructions.push_back(cluster.core(i).instructions);
    t.accounting.push_back(cluster.core(i).accounting);
  }
  return t;
}

Trail run_alone(unsigned cores, const Program& program, Visibility visibility = Visibility::Plain) {
  Cluster cluster(target(cores), {.visibility = visibility});
  load(cluster, program);
  EXPECT_EQ(cluster.run(1'000'000), Cluster::Stop::AllAsleep);
  return trail(cluster);
}

class ClusterOf : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Cores, ClusterOf, testing::Values(1U, 2U, 4U, 8U, 16U),
                         testing::PrintToStringParamName());

/// Before memory is taken for it: 4 GiB beyond what the process has are not there.
TEST(ClusterLoad, RefusesWhatNoMemoryHolds) {
  Cluster cluster(target(1));
  tb::Elf elf;
  elf.path = "large.elf";
  elf.entry = n::L2Base;
  elf.segments = {{.address = n::L2Base, .memory_size = 0xfffffff0, .data = {1, 2, 3}}};
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
#if !defined(__SANITIZE_ADDRESS__)  // which reserves all of the address space
  const rlimit limit{rlim_t{3} << 30, before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
#endif
  try {
    cluster.load(elf);
    ADD_FAILURE() << "loaded";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what())
                  .find("large.elf: segment of 4294967280 bytes at 0x1c000000 lies outside"),
              std::string::npos)
        << error.what();
  }
  setrlimit(RLIMIT_AS, &before);
}

TEST_P(ClusterOf, BootsEveryCore) {
  Cluster cluster(target(GetParam()));
  load(cluster, hart_ids());
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
  for (unsigned i = 0; i < GetParam(); ++i) {
    EXPECT_EQ(read_word(cluster, n::L1Base + 4 * i), 100 + i);
    EXPECT_EQ(cluster.core(i).instructions, 9U) << "core " << i;
    EXPECT_EQ(cluster.waiting(i).substr(0, 14), "sleeps in wfi,") << cluster.waiting(i);
  }
  EXPECT_EQ(read_word(cluster, n::L1Base + 4 * GetParam()), 0U);
}

TEST_P(ClusterOf, AccountsForEveryCycleOfEveryCore) {
  Cluster cluster(target(GetParam()));
  load(cluster, rounds_of_work(5));
  for (std::uint64_t until = 0; until < 2000; until += 7) {
    cluster.run(until);
    for (unsigned i = 0; i < GetParam(); ++i) {
      const tb::Accounting a = cluster.core(i).accounting;
      ASSERT_EQ(std::accumulate(a.begin(), a.end(), std::uint64_t{0}), cluster.cycles());
    }
  }
}

TEST(Cluster, WorksThroughBarriers) {
  Cluster cluster(target(8));
  load(cluster, rounds_of_work(10));
  EXPECT_EQ(cluster.run(1'000'000), Cluster::Stop::AllAsleep);
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_EQ(read_word(cluster, n::L1Base + 4 * i), 10 * (20 + i));
    EXPECT_GT(cluster.core(i).accounting[static_cast<unsigned>(tb::Activity::BankConflict)], 0U);
    if (i != 7) {  // the last to arrive waits least
      EXPECT_GT(cluster.core(i).accounting[static_cast<unsigned>(tb::Activity::Barrier)], 10U);
    }
  }
}

TEST(Cluster, RepeatsItselfToTheCycle) {
  const Program program = rounds_of_work(10);
  const Trail first = run_alone(8, program);
  EXPECT_EQ(run_alone(8, program), first);

  // After a reset, and in whatever portions it is run.
  Cluster cluster(target(8));
  load(cluster, program);
  cluster.run(123);
  load(cluster, program);
  std::uint64_t until = 1;
  while (cluster.run(until) == Cluster::Stop::Limit) until += 1 + until % 5;
  EXPECT_EQ(trail(cluster).instructions, first.instructions);
  EXPECT_EQ(cluster.cycles(), first.cycles);
}

TEST(Cluster, RunsAsAloneBesideOthersInOtherThreads) {
  const Program one = rounds_of_work(20);
  const Program other = rounds_of_work(33);
  const Trail alone_one = run_alone(8, one);
  const Trail alone_other = run_alone(4, other);
  Trail beside_one, beside_other;
  std::thread a([&] { beside_one = run_alone(8, one); });
  std::thread b([&] { beside_other = run_alone(4, other); });
  a.join();
  b.join();
  EXPECT_EQ(beside_one, alone_one);
  EXPECT_EQ(beside_other, alone_other);
}

/// Adds up what it is shown.
class Sums final : public tb::ClusterObserver {
 public:
  explicit Sums(unsigned cores)
      : shown{0, std::vector<std::uint64_t>(cores), std::vector<tb::Accounting>(cores)} {}
  bool cycle(const tb::CycleView& view) override {
    EXPECT_EQ(view.cycle, ++shown.cycles);
    for (std::size_t i = 0; i < shown.instructions.size(); ++i) {
      ++shown.accounting[i][static_cast<std::size_t>(view.activity[i])];
      const isa::Retired* r = view.retired[i];
      if (r == nullptr || r->trap) continue;
      EXPECT_EQ(r->order, shown.instructions[i]++);
      if (r->mem_wmask != 0) ++stores;
    }
    for (const tb::BusAccess& access : view.accesses) writes += access.write ? 1 : 0;
    requests += view.outside_request ? 1 : 0;
    answers += view.outside_delivery.answer ? 1 : 0;
    return view.cycle != stop_at;
  }

  Trail shown;
  std::uint64_t stores = 0, writes = 0, requests = 0, answers = 0, stop_at = 0;
};

TEST_P(ClusterOf, ShowsEveryCycleWithoutChangingAny) {
  const Program program = rounds_of_work(6);
  const Trail plain = run_alone(GetParam(), program);
  Cluster cluster(target(GetParam()), {.visibility = Visibility::Observed});
  load(cluster, program);
  Sums sums(GetParam());
  EXPECT_EQ(cluster.run(1'000'000, &sums), Cluster::Stop::AllAsleep);
  EXPECT_EQ(trail(cluster), plain);
  EXPECT_EQ(sums.shown, plain);
  EXPECT_EQ(sums.stores, sums.writes);
  EXPECT_GT(sums.requests, 0U);
  EXPECT_EQ(sums.requests, sums.answers);
}

TEST(Cluster, StopsWhenTheObserverSaysSo) {
  Cluster cluster(target(8), {.visibility = Visibility::Observed});
  load(cluster, rounds_of_work(6));
  Sums sums(8);
  sums.stop_at = 100;
  EXPECT_EQ(cluster.run(1'000'000, &sums), Cluster::Stop::Observer);
  EXPECT_EQ(cluster.cycles(), 100U);
}

TEST(Cluster, RefusesAnObserverThatCouldSeeNothing) {
  Cluster cluster(target(8));
  Sums sums(8);
  EXPECT_THROW((void)cluster.run(1, &sums), Error);
}

TEST(Cluster, StopsAtAStoreIntoAWatchedBlock) {
  Cluster cluster(target(8));
  Program p = cluster_program();
  p.li(kA, n::L2Base + 0x1000);
  p.to("asleep", "bne", {.rs1 = kHart});
  p.op("addi", {.rd = kB, .imm = 77});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 16});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 4});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 0});
  load(cluster, sleep_for_ever(p));
  cluster.watch(n::L2Base + 0x1000);
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::Stored);
  EXPECT_EQ(cluster.take_stored(), n::L2Base + 0x1004);
  EXPECT_EQ(cluster.take_stored(), std::nullopt);
  EXPECT_EQ(read_word(cluster, n::L2Base + 0x1004), 77U);
  EXPECT_EQ(read_word(cluster, n::L2Base + 0x1000), 0U);
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::Stored);
  EXPECT_EQ(cluster.take_stored(), n::L2Base + 0x1000);
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
}

TEST(Cluster, ReadsAndWritesL1L2L3ThroughTheBackDoor) {
  Cluster cluster(target(8));
  const tb::Target& t = cluster.target();
  const std::array<std::uint8_t, 7> bytes = {1, 2, 3, 4, 5, 6, 7};
  std::array<std::uint8_t, 7> back{};
  for (const auto& [base, size] :
       {std::pair(n::L1Base, t.geometry.l1_bytes), std::pair(n::L2Base, t.l2.bytes),
        std::pair(n::L3Base, t.l3.bytes)}) {
    for (const std::uint32_t at : {base, base + 3, base + size - 7}) {
      EXPECT_TRUE(cluster.write(at, bytes));
      EXPECT_TRUE(cluster.read(at, back));
      EXPECT_EQ(back, bytes);
    }
    EXPECT_FALSE(cluster.write(base + size - 6, bytes));
    EXPECT_FALSE(cluster.read(base - 1, back));
  }
  EXPECT_FALSE(cluster.write(n::L1TasBase, bytes));
}

TEST(Cluster, NamesTheSegmentThatLiesElsewhere) {
  Cluster cluster(target(8));
  tb::Elf elf;
  elf.path = "far.elf";
  elf.segments = {{0x4000'0000, 16, {1, 2, 3}}};
  try {
    cluster.load(elf);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("far.elf: segment of 16 bytes at 0x40000000"),
              std::string::npos)
        << error.what();
  }
}

TEST(Cluster, SaysWhatEachCoreWaitsFor) {
  Cluster cluster(target(4));
  Program p = cluster_program();
  p.op("addi", {.rd = kA, .imm = 1}).op("addi", {.rd = kB, .imm = 2});
  p.to("core1", "beq", {.rs1 = kHart, .rs2 = kA}).to("core2", "beq", {.rs1 = kHart, .rs2 = kB});
  p.to("core0", "beq", {.rs1 = kHart});
  // Core 3 takes mutex 5, goes to the barrier of cores 0, 2, 3 and stays there.
  elw(p, kC, n::EuMutex + 8 * 5);
  p.op("sw", {.rs1 = kL1, .rs2 = kA, .imm = 0});
  p.op("addi", {.rd = kC, .imm = 0b1101});
  p.op("sw", {.rs1 = kEu, .rs2 = kC, .imm = static_cast<std::int32_t>(n::EuBarrier + 16 * 2)});
  elw(p, kC, n::EuBarrier + 16 * 2 + n::EuBarrierWait);
  p.label("core1").op("lw", {.rd = kC, .rs1 = kL1}).to("core1", "beq", {.rs1 = kC});
  p.label("lock");
  elw(p, kC, n::EuMutex + 8 * 5);
  p.label("core2").li(kC, 1 << n::EventDma | 1 << n::EventTimer | 1 << 3);
  p.op("sw", {.rs1 = kEu, .rs2 = kC, .imm = n::EuMask});
  p.label("wait");
  elw(p, kC, n::EuWait);
  p.label("core0").op("csrrw", {.imm = 0x304});  // no interrupt enabled
  p.label("wfi");
  load(cluster, sleep_for_ever(p));
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
  const auto at = [&](const char* label, std::uint32_t offset = 0) {
    char text[32];
    std::snprintf(text, sizeof text, ", near pc %#010x", p.address(label) + offset);
    return std::string(text);
  };
  EXPECT_EQ(cluster.waiting(0), "sleeps in wfi, and no event raises its interrupt" + at("asleep"));
  EXPECT_EQ(cluster.waiting(1), "sleeps for mutex 5 (held by core 3)" + at("lock", 4));
  EXPECT_EQ(cluster.waiting(2), "sleeps for an event: software 3, DMA, timer" + at("wait", 4));
  EXPECT_EQ(cluster.waiting(3), "sleeps at barrier 2 (waits for cores 0, 2)" + at("core1"));
}

TEST(Cluster, IsNotAllAsleepWhileTheTimerMayWakeACore) {
  Cluster cluster(target(2));
  Program p = cluster_program();
  p.li(kA, n::TimerBase).op("addi", {.rd = kB, .imm = 500}).op("addi", {.rd = kC, .imm = 1});
  p.li(kD, 1 << n::EventTimer);
  p.to("asleep", "bne", {.rs1 = kHart});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = n::TimerCompare});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerTargets});
  p.op("sw", {.rs1 = kEu, .rs2 = kD, .imm = n::EuMask});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerControl});
  elw(p, kD, n::EuWaitClear);
  p.op("sw", {.rs1 = kL1, .rs2 = kD, .imm = 0});
  load(cluster, sleep_for_ever(p));
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
  EXPECT_EQ(read_word(cluster, n::L1Base), 1U << n::EventTimer);
  EXPECT_GT(cluster.cycles(), 500U);
  EXPECT_LT(cluster.cycles(), 800U);
}

/// A wait in the event unit without sleep, as at level rv32imc.
Program& plain_wait(Program& p, std::uint8_t rd, std::uint32_t offset) {
  return p.op("lw", {.rd = rd, .rs1 = kEu, .imm = static_cast<std::int32_t>(offset)});
}

TEST(Cluster, EndsWhenEveryCoreWaitsWithoutSleepAndNothingCanAnswer) {
  Cluster cluster(target(4));
  Program p = cluster_program();
  p.op("addi", {.rd = kA, .imm = 1}).op("addi", {.rd = kB, .imm = 2});
  p.to("core1", "beq", {.rs1 = kHart, .rs2 = kA}).to("core2", "beq", {.rs1 = kHart, .rs2 = kB});
  p.to("core0", "beq", {.rs1 = kHart});
  // Core 3 takes mutex 5 and wants it again, core 1 too; core 2 sleeps; core 0 waits for nothing.
  plain_wait(p, kC, n::EuMutex + 8 * 5).op("add", {.rd = kC, .rs1 = kC, .rs2 = kC});
  plain_wait(p, kC, n::EuMutex + 8 * 5);
  p.label("core1");
  for (int i = 0; i < 20; ++i) p.op("addi", {});
  plain_wait(p, kC, n::EuMutex + 8 * 5);
  p.label("core2");
  elw(p, kC, n::EuBarrier + n::EuBarrierWait);
  p.label("core0");
  plain_wait(p, kC, n::EuWait);
  load(cluster, sleep_for_ever(p));
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
  EXPECT_LT(cluster.cycles(), 10'000U);
  EXPECT_EQ(cluster.waiting(0).find("waits for an event: no event (MASK is 0)"), 0U);
  EXPECT_EQ(cluster.waiting(1).find("waits for mutex 5 (held by core 3)"), 0U);
  EXPECT_EQ(cluster.waiting(2).find("sleeps at barrier 0 (waits for cores 0, 1, 3)"), 0U);
  EXPECT_EQ(cluster.waiting(3).find("waits for mutex 5 (held by core 3)"), 0U);
}

TEST(Cluster, WaitsWithoutSleepForAsLongAsTheTimerOrATransferTakes) {
  Cluster cluster(target(2));
  Program p = cluster_program();
  p.li(kA, n::TimerBase).li(kB, 20'000).op("addi", {.rd = kC, .imm = 1});
  p.li(kD, 1 << n::EventTimer);
  p.to("other", "bne", {.rs1 = kHart});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = n::TimerCompare});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerTargets});
  p.op("sw", {.rs1 = kEu, .rs2 = kD, .imm = n::EuMask});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerControl});
  plain_wait(p, kD, n::EuWaitClear).op("sw", {.rs1 = kL1, .rs2 = kD, .imm = 0});
  p.label("other");
  plain_wait(p, kD, n::EuBarrier + n::EuBarrierWait);
  p.op("sw", {.rs1 = kL1, .rs2 = kC, .imm = 4});
  load(cluster, sleep_for_ever(p));
  EXPECT_EQ(cluster.run(100'000), Cluster::Stop::AllAsleep);
  EXPECT_EQ(read_word(cluster, n::L1Base), 1U << n::EventTimer);
  EXPECT_EQ(read_word(cluster, n::L1Base + 4), 1U) << "nobody stopped the cores at the barrier";
  EXPECT_GT(cluster.cycles(), 20'000U);
}

TEST(Cluster, RefusesTraceOptionsThatCannotWork) {
  const auto error = [](tb::ClusterOptions options) -> std::string {
    try {
      Cluster cluster(target(1), options);
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error({.visibility = Visibility::Traced}),
            "a traced cluster without a file; name one in ClusterOptions::trace");
  EXPECT_EQ(error({.trace = "a.fst"}), "a waveform file needs Visibility::Traced");
  EXPECT_EQ(
      error({.visibility = Visibility::Traced, .trace = "a.fst", .trace_from = 7, .trace_to = 7}),
      "waveforms from cycle 7 to 7: expected the end after the begin");
  EXPECT_EQ(error({.visibility = Visibility::Traced, .trace = "/nowhere/a.fst"}),
            "/nowhere/a.fst: cannot be written; name a file in a writable folder");
}

TEST(Cluster, TracesAWindowWithoutChangingACycle) {
  const Program program = rounds_of_work(6);
  const Trail plain = run_alone(1, program);
  const auto path = std::filesystem::path(testing::TempDir()) / "cluster.fst";
  const auto size = [&](std::uint64_t from, std::uint64_t to) {
    {
      Cluster cluster(
          target(1),
          {.visibility = Visibility::Traced, .trace = path, .trace_from = from, .trace_to = to});
      load(cluster, program);
      EXPECT_EQ(cluster.run(1'000'000), Cluster::Stop::AllAsleep);
      EXPECT_EQ(trail(cluster), plain);
    }
    tb::check_fst(path);
    return std::filesystem::file_size(path);
  };
  const auto whole = size(0, ~std::uint64_t{0});
  const auto window = size(100, 120);
  EXPECT_LT(window, whole);
}

/// Core 0 sleeps until the timer has counted to `period`, four times, and stores mcycle,
/// mhpmcounter9 (sleep) and the timer each time; the others wait at a barrier that core 0 reaches
/// at the end.
Program long_sleeps(std::int32_t period) {
  Program p = cluster_program();
  p.to("barrier", "bne", {.rs1 = kHart});
  p.li(kA, n::TimerBase).li(kB, static_cast<std::uint32_t>(period));
  p.op("addi", {.rd = kC, .imm = 1}).li(kD, 1 << n::EventTimer);
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = n::TimerCompare});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerTargets});
  p.op("sw", {.rs1 = kEu, .rs2 = kD, .imm = n::EuMask});
  p.op("addi", {.rd = kC, .imm = 3});
  p.op("sw", {.rs1 = kA, .rs2 = kC, .imm = n::TimerControl});
  p.op("addi", {.rd = kB, .imm = 4});
  p.label("again");
  elw(p, kD, n::EuWaitClear);
  p.op("sw", {.rs1 = kL1, .rs2 = kD, .imm = 12});
  p.op("csrrs", {.rd = kC, .imm = 0xb00}).op("sw", {.rs1 = kL1, .rs2 = kC, .imm = 0});
  p.op("csrrs", {.rd = kC, .imm = 0xb09}).op("sw", {.rs1 = kL1, .rs2 = kC, .imm = 4});
  p.op("lw", {.rd = kC, .rs1 = kA, .imm = n::TimerCount});
  p.op("sw", {.rs1 = kL1, .rs2 = kC, .imm = 8});
  p.op("addi", {.rd = kL1, .rs1 = kL1, .imm = 16}).op("addi", {.rd = kB, .rs1 = kB, .imm = -1});
  p.to("again", "bne", {.rs1 = kB});
  p.op("sw", {.rs1 = kA, .imm = n::TimerControl});
  p.label("barrier");
  elw(p, kD, n::EuBarrier + n::EuBarrierWait);
  return sleep_for_ever(p);
}

TEST_P(ClusterOf, SkipsSleepExactly) {
  for (const std::int32_t period : {1000, 1001, 7777}) {
    const Program program = long_sleeps(period);
    Cluster skipping(target(GetParam()));
    load(skipping, program);
    EXPECT_EQ(skipping.run(3 * period), Cluster::Stop::Limit);  // stopped in the middle of a sleep
    EXPECT_EQ(skipping.cycles(), 3U * static_cast<unsigned>(period));
    EXPECT_EQ(skipping.run(10'000'000), Cluster::Stop::AllAsleep);
    Cluster stepping(target(GetParam()), {.visibility = Visibility::Observed});
    load(stepping, program);
    Sums sums(GetParam());
    EXPECT_EQ(stepping.run(10'000'000, &sums), Cluster::Stop::AllAsleep);
    EXPECT_EQ(trail(skipping), trail(stepping));
    EXPECT_EQ(sums.shown, trail(stepping));
    for (std::uint32_t i = 0; i < 64; i += 4) {
      EXPECT_EQ(read_word(skipping, n::L1Base + i), read_word(stepping, n::L1Base + i)) << i;
    }
    EXPECT_GT(read_word(skipping, n::L1Base + 52), 3U * static_cast<unsigned>(period));
  }
}

TEST_P(ClusterOf, GoesOnFromASavedStateToTheCycle) {
  for (const Program& program : {rounds_of_work(10), long_sleeps(1001)}) {
    Cluster whole(target(GetParam()));
    load(whole, program);
    std::vector<std::vector<std::uint8_t>> states;
    for (std::uint64_t until = 1; whole.run(until) == Cluster::Stop::Limit; until += 1 + until / 2)
      states.push_back(whole.save());
    for (const auto& state : states) {
      Cluster another(target(GetParam()));
      load(another, hart_ids());  // what it had been doing does not matter
      another.run(50);
      another.restore(state);
      EXPECT_EQ(another.save(), state);
      EXPECT_EQ(another.run(10'000'000), Cluster::Stop::AllAsleep);
      EXPECT_EQ(trail(another), trail(whole));
      for (std::uint32_t i = 0; i < 64; i += 4)
        EXPECT_EQ(read_word(another, n::L1Base + i), read_word(whole, n::L1Base + i)) << i;
    }
    EXPECT_GT(states.size(), 5U);
  }
}

TEST(Cluster, RefusesAStateThatIsNotItsOwn) {
  Cluster cluster(target(2));
  const std::vector<std::uint8_t> state = cluster.save();
  EXPECT_THROW(Cluster(target(4)).restore(state), Error);
  EXPECT_THROW(cluster.restore(std::span(state).first(state.size() - 1)), Error);
  EXPECT_THROW(cluster.restore({}), Error);
  std::vector<std::uint8_t> longer = state;
  longer.push_back(0);
  EXPECT_THROW(cluster.restore(longer), Error);
  tb::Target slower = target(2);
  slower.l2.latency += 1;
  EXPECT_THROW(Cluster(slower).restore(state), Error);
  EXPECT_NO_THROW(cluster.restore(state));
}

/// Hours, were every cycle simulated.
TEST(Cluster, SleepsEightThousandMillionCycles) {
  Cluster cluster(target(8));
  load(cluster, long_sleeps(2'000'000'000));
  EXPECT_EQ(cluster.run(1ULL << 40), Cluster::Stop::AllAsleep);
  EXPECT_GT(cluster.cycles(), 8'000'000'000U);
  EXPECT_LT(cluster.cycles(), 8'000'001'000U);
  EXPECT_GT(cluster.core(7).accounting[static_cast<unsigned>(tb::Activity::Barrier)],
            7'999'999'000U);
}

TEST(Cluster, GoesInAnyOrderWhereverItWasMade) {
  std::vector<Cluster> clusters;
  for (const unsigned cores : {1U, 8U, 2U, 8U}) clusters.emplace_back(target(cores));
  clusters.erase(clusters.begin() + 3);
  clusters.erase(clusters.begin());
  std::jthread([last = std::move(clusters.back())]() mutable {
    load(last, hart_ids());
    EXPECT_EQ(last.run(100'000), Cluster::Stop::AllAsleep);
  }).join();
  clusters.pop_back();
  load(clusters.front(), hart_ids());
  EXPECT_EQ(clusters.front().run(100'000), Cluster::Stop::AllAsleep);
}

}  // namespace
}  // namespace freebits::test
