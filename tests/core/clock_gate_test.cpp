// SPDX-License-Identifier: Apache-2.0
// The core with its clock really stopped while it sleeps (docs/isa.md, "Clocks and sleep"): every
// cycle looks as it does with a running clock, and the counters count real time.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "Vfb_core.h"
#include "assembler.hpp"
#include "verilated.h"

namespace freebits::test {
namespace {

constexpr std::uint32_t kBoot = 0x1000;
constexpr std::uint32_t kResults = 0x4000;
constexpr std::uint32_t kEvent = 0x6000;   // a load from here is answered late
constexpr std::uint32_t kFinish = 0x7000;  // a store to here ends the program
constexpr std::uint32_t kIrq = 1U << 11;

enum class Clock { Running, Gated };

/// What a core did: its outputs in every cycle, and how many clock edges it was not given.
struct History {
  std::vector<std::array<std::uint64_t, 10>> cycles;
  std::vector<std::uint32_t> results;
  unsigned stopped = 0;
  bool finished = false;
};

/// `delay`: cycles of sleep before an answer or an interrupt, in turn. Memory grants at once and
/// answers one cycle later.
class Machine {
 public:
  Machine(const Program& program, Clock clock, std::vector<unsigned> delays, unsigned fetch_delay)
      : clock_(clock), delays_(std::move(delays)), fetch_delay_(fetch_delay), memory_(0x2000) {
    std::uint32_t at = kBoot;
    for (const std::uint8_t byte : program.bytes()) {
      memory_[at / 4] |= static_cast<std::uint32_t>(byte) << (8 * (at % 4));
      ++at;
    }
    core_.isa_level_i = 4;
    core_.boot_addr_i = kBoot;
    core_.instr_gnt_i = core_.data_gnt_i = 1;
    core_.rst_ni = 1;
    set_clocks(0, 0);
    core_.rst_ni = 0;
    set_clocks(0, 0);
    set_clocks(1, 1);
    set_clocks(0, 0);
    core_.rst_ni = 1;
    set_clocks(0, 0);
  }

  History run() {
    while (!run_.finished && run_.cycles.size() < 5000) cycle();
    for (unsigned i = 0; i < 16; ++i) run_.results.push_back(memory_[kResults / 4 + i]);
    return run_;
  }

 private:
  void set_clocks(int core, int free) {
    core_.clk_i = static_cast<std::uint8_t>(core);
    core_.clk_free_i = static_cast<std::uint8_t>(free);
    core_.eval();
  }

  unsigned next_delay() {
    const unsigned delay = delays_[turn_ % delays_.size()];
    ++turn_;
    return delay;
  }

  void cycle() {
    // Inputs of this cycle.
    const bool fetched = fetch_wait_ == 1;
    if (fetch_wait_ > 0) --fetch_wait_;
    core_.instr_rvalid_i = fetched ? 1 : 0;
    if (fetched) core_.instr_rdata_i = memory_[fetch_address_ / 4];
    core_.instr_gnt_i = fetch_wait_ == 0 ? 1 : 0;
    const bool answered = data_wait_ == 1;
    if (data_wait_ > 0) --data_wait_;
    core_.data_rvalid_i = answered ? 1 : 0;
    if (answered) core_.data_rdata_i = memory_[data_address_ / 4];
    core_.irq_i = 0;
    core_.eval();
    // An interrupt comes when the core has slept for a while with nothing to wait for from memory.
    slept_ = core_.sleep_o != 0 && data_wait_ == 0 ? slept_ + 1 : 0;
    if (slept_ == 1) wake_after_ = next_delay();
    if (slept_ > wake_after_) {
      core_.irq_i = kIrq;
      core_.eval();
      EXPECT_EQ(core_.sleep_o, 0);
    }
    run_.cycles.push_back({core_.instr_req_o, core_.instr_addr_o, core_.data_req_o,
                           core_.data_req_o != 0 ? core_.data_addr_o : 0, core_.data_we_o,
                           core_.sleep_o, core_.activity_o,
                           (core_.retire_o != 0 ? 1U : 0U) | (core_.fencei_o != 0 ? 2U : 0U),
                           core_.rvfi_valid != 0 ? core_.rvfi_pc_rdata + 1ULL : 0ULL,
                           core_.rvfi_valid != 0 ? core_.rvfi_order : 0});
    if (core_.instr_req_o != 0 && core_.instr_gnt_i != 0) {
      fetch_address_ = core_.instr_addr_o;
      fetch_wait_ = fetch_delay_;
    }
    if (core_.data_req_o != 0) {
      data_address_ = core_.data_addr_o;
      data_wait_ = data_address_ == kEvent ? 1 + next_delay() : 1;
      if (core_.data_we_o != 0) memory_[data_address_ / 4] = core_.data_wdata_o;
      if (data_address_ == kFinish) run_.finished = true;
    }
    // The gate: closed while the core sleeps and nothing wakes it.
    const bool wake = core_.sleep_o == 0 || core_.irq_i != 0 || core_.data_rvalid_i != 0;
    const bool stop = clock_ == Clock::Gated && !wake;
    if (stop) ++run_.stopped;
    set_clocks(stop ? 0 : 1, 1);
    set_clocks(0, 0);
  }

  Clock clock_;
  std::vector<unsigned> delays_;
  unsigned fetch_delay_, turn_ = 0, slept_ = 0, wake_after_ = 0, fetch_wait_ = 0, data_wait_ = 0;
  std::uint32_t fetch_address_ = 0, data_address_ = 0;
  std::vector<std::uint32_t> memory_;
  VerilatedContext context_;
  Vfb_core core_{&context_};
  History run_;
};

constexpr std::int32_t kMcycle = 0xb00, kSleepCycles = 0xb09, kMie = 0x304, kMstatus = 0x300;

/// mcycle and mhpmcounter9 around `body`: their differences go to results 0 and 1.
void measured(Program& p, const std::function<void(Program&)>& body) {
  p.op("csrrs", {.rd = 20, .imm = kMcycle}).op("csrrs", {.rd = 21, .imm = kSleepCycles});
  body(p);
  p.op("csrrs", {.rd = 22, .imm = kMcycle}).op("csrrs", {.rd = 23, .imm = kSleepCycles});
  p.op("sub", {.rd = 20, .rs1 = 22, .rs2 = 20}).op("sub", {.rd = 21, .rs1 = 23, .rs2 = 21});
  p.op("sw", {.rs1 = 8, .rs2 = 20, .imm = 0}).op("sw", {.rs1 = 8, .rs2 = 21, .imm = 4});
}

Program program(const std::function<void(Program&)>& body) {
  Program p(kBoot);
  p.li(8, kResults).li(9, kEvent).li(10, kFinish).li(11, kIrq).li(12, 1000).li(13, 7);
  p.op("csrrw", {.rs1 = 11, .imm = kMie});
  body(p);
  p.op("sw", {.rs1 = 10, .rs2 = 0}).nop(8);
  return p;
}

/// Runs with the clock running and gated: the same in every cycle. Returns the gated one.
History both(const Program& p, const std::vector<unsigned>& delays, unsigned fetch_delay = 1) {
  const History running = Machine(p, Clock::Running, delays, fetch_delay).run();
  const History gated = Machine(p, Clock::Gated, delays, fetch_delay).run();
  EXPECT_TRUE(gated.finished);
  EXPECT_EQ(running.results, gated.results);
  EXPECT_EQ(running.cycles.size(), gated.cycles.size());
  for (std::size_t i = 0; i < running.cycles.size() && i < gated.cycles.size(); ++i) {
    EXPECT_EQ(running.cycles[i], gated.cycles[i]) << "cycle " << i;
    if (running.cycles[i] != gated.cycles[i]) break;
  }
  return gated;
}

TEST(ClockGate, WfiSleepsWithoutClockAndTimeGoesOn) {
  const Program p = program([](Program& q) { measured(q, [](Program& r) { r.op("wfi"); }); });
  const History brief = both(p, {0});
  const History lasting = both(p, {500});
  EXPECT_EQ(lasting.stopped, brief.stopped + 500);
  EXPECT_EQ(lasting.results[0], brief.results[0] + 500) << "mcycle";
  EXPECT_EQ(lasting.results[1], brief.results[1] + 500) << "mhpmcounter9";
}

TEST(ClockGate, ElwSleepsWithoutClockAndTimeGoesOn) {
  const Program p = program([](Program& q) {
    measured(q, [](Program& r) {
      r.op("cv.elw", {.rd = 5, .rs1 = 9}).op("add", {.rd = 6, .rs1 = 5, .rs2 = 5});
    });
  });
  const History brief = both(p, {20});
  const History lasting = both(p, {520});
  EXPECT_EQ(lasting.stopped, brief.stopped + 500);
  EXPECT_EQ(lasting.results[0], brief.results[0] + 500) << "mcycle";
  EXPECT_EQ(lasting.results[1], brief.results[1] + 500) << "mhpmcounter9";
}

TEST(ClockGate, WhatComesAroundASleepIsTheSameWithAnyDelay) {
  const Program p = program([](Program& q) {
    q.op("csrrsi", {.rd = 0, .rs1 = 0, .imm = kMstatus});
    for (unsigned round = 0; round < 3; ++round) {
      q.op("sw", {.rs1 = 8, .rs2 = 13, .imm = 8}).op("wfi");
      q.op("cv.elw", {.rd = 5, .rs1 = 9});
      q.op("div", {.rd = 6, .rs1 = 12, .rs2 = 13});  // runs on while the answer is awaited
      q.op("add", {.rd = 7, .rs1 = 5, .rs2 = 6});
      q.op("cv.elw", {.rd = 5, .rs1 = 9}).op("mulhu", {.rd = 6, .rs1 = 12, .rs2 = 12});
      q.op("cv.elw", {.rd = 5, .rs1 = 9}).op("lw", {.rd = 6, .rs1 = 8}).op("fence.i");
      q.op("cv.elw", {.rd = 5, .rs1 = 9}).op("wfi").op("sw", {.rs1 = 8, .rs2 = 6, .imm = 12});
      q.c_nop().op("wfi").c_nop().op("cv.elw", {.rd = 0, .rs1 = 9}).op("wfi");
    }
  });
  unsigned stopped = 0;
  for (unsigned delay = 0; delay < 48; ++delay) {
    for (const unsigned fetch_delay : {1U, 3U}) {
      stopped += both(p, {delay, 3, 40 - delay % 40}, fetch_delay).stopped;
    }
  }
  EXPECT_GT(stopped, 1000U);
}

TEST(ClockGate, AnInterruptIsTakenOutOfSleep) {
  const Program p = program([](Program& q) {
    q.li(14, kBoot + 0x200).op("csrrw", {.rs1 = 14, .imm = 0x305});
    q.op("addi", {.rd = 15, .rs1 = 0, .imm = 8}).op("csrrs", {.rs1 = 15, .imm = kMstatus});
    q.op("wfi").nop(2).op("wfi");
    q.op("sw", {.rs1 = 8, .rs2 = 16, .imm = 0}).op("sw", {.rs1 = 10, .rs2 = 0});
    while (q.here() < kBoot + 0x200) q.nop();
    q.op("addi", {.rd = 16, .rs1 = 16, .imm = 1}).op("mret");
  });
  for (const unsigned delay : {0U, 1U, 7U, 100U}) {
    const History run = both(p, {delay});
    EXPECT_EQ(run.results[0], 2U);
    EXPECT_GE(run.stopped, 2 * delay);
  }
}

TEST(ClockGate, FenceIWaitsForStoresAndShowsInOneCycle) {
  const Program p = program([](Program& q) {
    q.op("sw", {.rs1 = 9, .rs2 = 13});  // answered late
    q.op("fence.i").nop(4);
  });
  const History run = both(p, {10});
  unsigned pulses = 0, store = 0, pulse = 0;
  for (unsigned i = 0; i < run.cycles.size(); ++i) {
    if (run.cycles[i][2] != 0 && run.cycles[i][3] == kEvent) store = i;
    if ((run.cycles[i][7] & 2) == 0) continue;
    ++pulses;
    pulse = i;
    EXPECT_NE(run.cycles[i][0], 0U) << "the target is fetched in the same cycle";
  }
  EXPECT_EQ(pulses, 1U);
  EXPECT_GE(pulse, store + 11);
}

}  // namespace
}  // namespace freebits::test
