// SPDX-License-Identifier: Apache-2.0
// fb_timer, fb_control, fb_activity, fb_clock_gate.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>

#include "Vactivity.h"
#include "Vcontrol.h"
#include "Vgate.h"
#include "Vtimer.h"
#include "unit.hpp"

namespace freebits::test {
namespace {

constexpr int kCount = 0x0, kCompare = 0x4, kControl = 0x8, kTargets = 0xC;

class Timer : public ::testing::Test {
 protected:
  Unit<Vtimer> unit_;
  std::uint32_t events_ = 0;  // of this cycle

  void step() {
    unit_.settle();
    events_ = unit_.ports.event_o;
    unit_.tick();
    unit_.ports.req_i = 0;
  }
  void access(int offset, bool write, std::uint32_t data = 0) {
    unit_.ports.req_i = 1;
    unit_.ports.offset_i = static_cast<std::uint16_t>(offset);
    unit_.ports.we_i = write;
    unit_.ports.wdata_i = data;
  }
  void write(int offset, std::uint32_t data) {
    access(offset, true, data);
    step();
  }
  std::uint32_t read(int offset) {
    access(offset, false);
    step();
    unit_.settle();
    return unit_.ports.rdata_o;
  }
};

TEST_F(Timer, ComparesAfterAsManyCyclesAndStops) {
  for (const std::uint32_t cycles : {1U, 2U, 17U}) {
    write(kCompare, cycles);
    write(kTargets, 0xA);
    write(kControl, 1);
    for (std::uint32_t n = 0; n < cycles; ++n) {
      step();
      ASSERT_EQ(events_, 0U);
    }
    step();
    EXPECT_EQ(events_, 0xAU);
    for (int n = 0; n < 40; ++n) {
      step();
      ASSERT_EQ(events_, 0U);
    }
    EXPECT_EQ(read(kCount), 0U);
    EXPECT_EQ(read(kControl), 0U);
  }
}

TEST_F(Timer, RandomUseAgreesWithAModel) {
  Random random(2);
  std::uint32_t count = 0, compare = 0, targets = 0, answer = 0;
  bool enabled = false, restarts = false;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    const bool request = random.chance(20), writes = random.chance(50);
    const int offset = random.chance(95) ? 4 * random.below(4) : 4 * random.below(1024);
    const auto data = static_cast<std::uint32_t>(random.below(12));
    access(offset, writes, data);
    unit_.ports.req_i = request;
    unit_.settle();
    ASSERT_EQ(unit_.ports.rdata_o, answer);
    step();
    const bool match = enabled && count == compare;
    ASSERT_EQ(events_, match ? targets : 0) << "cycle " << cycle;
    answer = 0;
    if (request && !writes) {
      answer = offset == kCount     ? count
               : offset == kCompare ? compare
               : offset == kControl ? (restarts ? 2U : 0U) + (enabled ? 1U : 0U)
               : offset == kTargets ? targets
                                    : 0;
    }
    if (enabled) count = match ? 0 : count + 1;
    if (match && !restarts) enabled = false;
    if (!request || !writes) continue;
    if (offset == kCount) count = data;
    if (offset == kCompare) compare = data;
    if (offset == kControl) enabled = (data & 1) != 0, restarts = (data & 2) != 0;
    if (offset == kTargets) targets = data & 15;
  }
}

TEST(Control, SaysWhatTheClusterIsMadeOf) {
  Unit<Vcontrol> unit;
  auto& p = unit.ports;
  p.l2_bytes_i = 0x180000;
  p.l3_bytes_i = 0x800000;
  p.isa_level_i = 3;
  p.req_i = 1;
  const std::array<std::pair<int, std::uint32_t>, 8> expected = {{{0x00, 4},
                                                                  {0x04, 8},
                                                                  {0x08, 65536},
                                                                  {0x0C, 0x180000},
                                                                  {0x10, 0x800000},
                                                                  {0x14, 3},
                                                                  {0x18, 0},
                                                                  {0x100, 0}}};
  for (const auto& [offset, value] : expected) {
    p.offset_i = static_cast<std::uint16_t>(offset);
    unit.settle();
    EXPECT_EQ(p.icache_flush_o, 0);
    unit.tick();
    EXPECT_EQ(p.rdata_o, value) << "offset " << offset;
  }
  p.req_i = 0;
  unit.settle();
  unit.tick();
  EXPECT_EQ(p.rdata_o, 0U);
}

// The answers of all devices are combined: one that was not read must not add to them.
TEST(Control, AnswersZeroAfterAWrite) {
  Unit<Vcontrol> unit;
  auto& p = unit.ports;
  p.l2_bytes_i = 0x180000;
  p.l3_bytes_i = 0x800000;
  p.isa_level_i = 3;
  p.req_i = 1;
  for (int offset = 0; offset < 0x20; offset += 4) {
    for (const bool write : {false, true}) {
      p.we_i = write;
      p.offset_i = static_cast<std::uint16_t>(offset);
      unit.settle();
      unit.tick();
      EXPECT_EQ(p.rdata_o != 0, !write && offset < 0x18) << "offset " << offset;
    }
  }
}

TEST(Control, FlushesOnlyOnAWriteToTheFlushRegister) {
  Unit<Vcontrol> unit;
  auto& p = unit.ports;
  for (int offset = 0; offset < 0x1000; offset += 4) {
    for (const int kind : {0, 1, 2, 3}) {
      p.req_i = kind & 1;
      p.we_i = static_cast<std::uint8_t>(kind >> 1);
      p.offset_i = static_cast<std::uint16_t>(offset);
      unit.settle();
      ASSERT_EQ(p.icache_flush_o != 0, kind == 3 && offset == 0x18);
    }
  }
}

// All inputs. Classes as in fb_core_pkg::activity_e, waits as in fb_cluster_pkg.
TEST(Activity, RefinesWhatTheCoreSays) {
  constexpr int kBankConflict = 3, kMemoryWait = 5, kBarrier = 6, kIdle = 7;
  constexpr std::array<int, 4> kOfWait = {kIdle, kIdle, kMemoryWait, kBarrier};
  Vactivity model;
  for (int core = 0; core < 8; ++core) {
    for (int wait = 0; wait < 4; ++wait) {
      for (const bool gated : {false, true}) {
        for (const bool outside : {false, true}) {
          model.core_i = static_cast<std::uint8_t>(core);
          model.wait_i = static_cast<std::uint8_t>(wait);
          model.gated_i = gated;
          model.outside_i = outside;
          model.eval();
          int expected = core;
          if (gated)
            expected = kOfWait[static_cast<std::size_t>(wait)];
          else if (core == kBankConflict && outside)
            expected = kMemoryWait;
          else if (core == kMemoryWait || core == kBarrier)
            expected = wait == 0 ? kMemoryWait : kOfWait[static_cast<std::size_t>(wait)];
          EXPECT_EQ(model.activity_o, expected)
              << "core " << core << " wait " << wait << " gated " << gated << outside;
        }
      }
    }
  }
  model.final();
}

TEST(ClockGate, PassesWholePulsesOnly) {
  Vgate model;
  Random random(9);
  for (int cycle = 0; cycle < 1000; ++cycle) {
    model.clk_i = 0;
    for (int change = 0; change < 3; ++change) {
      model.enable_i = random.chance(50);
      model.eval();
      ASSERT_EQ(model.clk_o, 0);
    }
    const bool enabled = model.enable_i != 0;
    model.clk_i = 1;
    model.eval();
    for (int change = 0; change < 3; ++change) {
      ASSERT_EQ(model.clk_o != 0, enabled);
      model.enable_i = random.chance(50);
      model.eval();
    }
  }
  model.final();
}

}  // namespace
}  // namespace freebits::test
