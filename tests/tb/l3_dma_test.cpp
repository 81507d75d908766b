// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include "memory_port.hpp"

namespace freebits::test {
namespace {

using Events = std::vector<MemoryPort::Event>;
using Transfer = MemoryPort::Transfer;

std::vector<std::uint8_t> noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> bytes(size);
  for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random());
  return bytes;
}

TEST(L3Dma, CopiesARowInLatencyPlusBytes) {
  MemoryPort port(memory_target());
  port.fill(n::L3Base, noise(512, 1));
  const std::uint64_t start = port.start(0, {n::L3Base, n::L2Base, 512});
  port.finish();
  EXPECT_EQ(port.events, (Events{{1, start + 2 + 100 + 512}}));
  EXPECT_EQ(port.contents(n::L2Base, 512), port.contents(n::L3Base, 512));
  EXPECT_EQ(port.memory.statistics().l3_busy_cycles, 612U);
  EXPECT_EQ(port.memory.statistics().l3_dma_bytes, 512U);
  EXPECT_EQ(port.memory.statistics().l2_accesses, 64U);
}

TEST(L3Dma, CopiesTheOtherWayInTheSameTime) {
  MemoryPort port(memory_target());
  port.fill(n::L2Base, noise(512, 1));
  const std::uint64_t start = port.start(0, {n::L2Base, n::L3Base, 512});
  port.finish();
  EXPECT_EQ(port.events, (Events{{1, start + 2 + 100 + 512}}));
  EXPECT_EQ(port.contents(n::L2Base, 512), port.contents(n::L3Base, 512));
}

TEST(L3Dma, PaysTheSetUpForEveryFurtherBurst) {
  struct Case {
    std::uint32_t bytes, rows;
    unsigned bursts;
  };
  for (const Case& c :
       {Case{513, 1, 2}, Case{1024, 1, 2}, Case{2000, 1, 4}, Case{40, 5, 5}, Case{600, 3, 6}}) {
    for (const bool in : {true, false}) {
      MemoryPort port(memory_target());
      const std::uint32_t from = in ? n::L3Base : n::L2Base, to = in ? n::L2Base : n::L3Base;
      const std::uint64_t start = port.start(0, {from, to, c.bytes, c.rows, 640, 1280});
      port.finish();
      EXPECT_EQ(port.events,
                (Events{{1, start + 2 + 100 + c.bytes * c.rows + (c.bursts - 1) * 12}}))
          << c.bytes << " x " << c.rows << (in ? " in" : " out");
    }
  }
}

TEST(L3Dma, ShowsEachBeatInL2WhenItHasPassed) {
  MemoryPort port(memory_target());
  const std::vector<std::uint8_t> data = noise(64, 3);
  port.fill(n::L3Base + 1, data);
  // 3 bytes up to the block boundary of L2, then blocks, then 5 bytes.
  const std::uint64_t first = port.start(0, {n::L3Base + 1, n::L2Base + 5, 64}) + 2 + 100;
  for (std::uint32_t complete = 0; complete < 64;) {
    const std::uint32_t next = std::min(64U, complete == 0 ? 3 : complete + 8);
    port.until(first + next - 1);
    auto seen = port.contents(n::L2Base + 5, 64);
    EXPECT_TRUE(std::equal(seen.begin(), seen.begin() + complete, data.begin()));
    EXPECT_TRUE(std::all_of(seen.begin() + complete, seen.end(), [](auto b) { return b == 0; }));
    port.step();
    seen = port.contents(n::L2Base + 5, 64);
    EXPECT_TRUE(std::equal(seen.begin(), seen.begin() + next, data.begin())) << next;
    complete = next;
  }
  EXPECT_EQ(port.events, (Events{{1, first + 64}}));
}

TEST(L3Dma, SharesTheSlotsOfL2InTheOrderOfArrival) {
  MemoryPort port(memory_target());
  port.fill(n::L3Base, noise(64, 3));
  const std::uint64_t first = port.start(0, {n::L3Base, n::L2Base, 64}) + 2 + 100;
  port.until(first + 4);
  port.answers.clear();
  for (unsigned i = 0; i < 12; ++i) port.read(16, n::L2Base);  // cycles first + 5 … 16
  port.finish();
  // Beats pass in first + 8 and first + 16, each before the read of that cycle.
  for (unsigned i = 0; i < 12; ++i) {
    const unsigned delay = i < 3 ? 0 : i < 11 ? 1 : 2;
    EXPECT_EQ(port.answers[i].cycle, first + 5 + i + 6 + delay) << i;
    EXPECT_EQ(port.answers[i].data, i < 3 ? 0 : port.block(n::L3Base)) << i;
  }
}

TEST(L3Dma, GivesTheChannelAwayBetweenBursts) {
  MemoryPort port(memory_target());
  const std::uint64_t first = port.start(0, {n::L3Base, n::L2Base, 1024}) + 2 + 100;
  port.until(first + 50);
  port.answers.clear();
  port.read(16, n::L3Base + 2048);
  port.read(17, n::L3Base);  // waits too: its own burst
  port.finish();
  const std::uint64_t one = first + 512 + 108, two = one + 108;
  ASSERT_EQ(port.answers.size(), 2U);
  EXPECT_EQ(port.answers[0].cycle, one);
  EXPECT_EQ(port.answers[1].cycle, two);
  // The second burst of the transfer begins anew behind them.
  EXPECT_EQ(port.events, (Events{{1, two + 100 + 512}}));
}

TEST(L3Dma, WaitsForDirectAccessesThatCameFirst) {
  MemoryPort port(memory_target());
  const std::uint64_t start = port.start(0, {n::L3Base, n::L2Base, 8});
  port.read(16, n::L3Base + 2048);  // in start + 1, a cycle before the DMA asks
  port.finish();
  EXPECT_EQ(port.events, (Events{{1, start + 1 + 108 + 108}}));
}

TEST(L3Dma, WritesL3BeforeTheDirectReadsBehindIt) {
  MemoryPort port(memory_target());
  const auto data = noise(256, 4);
  port.fill(n::L2Base, data);
  const std::uint64_t start = port.start(0, {n::L2Base, n::L3Base, 256});
  port.until(start + 10);
  port.answers.clear();
  port.read(17, n::L3Base + 248);
  port.read(17, n::L2Base);  // the same id: its answer comes second
  port.read(16, n::L2Base);
  port.finish();
  ASSERT_EQ(port.answers.size(), 3U);
  EXPECT_EQ(port.answers[0], (MemoryPort::Answer{16, start + 13 + 6, port.block(n::L2Base)}));
  const std::uint64_t end = start + 2 + 100 + 256;
  EXPECT_EQ(port.answers[1], (MemoryPort::Answer{17, end + 108, port.block(n::L2Base + 248)}));
  EXPECT_EQ(port.answers[2], (MemoryPort::Answer{17, end + 109, port.block(n::L2Base)}));
}

TEST(L3Dma, RunsOnWhileTheClusterSaturatesL2) {
  for (const bool in : {true, false}) {
    MemoryPort port(memory_target());
    const std::uint32_t from = in ? n::L3Base : n::L2Base, to = in ? n::L2Base : n::L3Base;
    const std::uint64_t start = port.start(0, {from, to, 512});
    port.answers.clear();
    std::size_t sent = 0;
    while (port.events.empty()) {
      // As the cluster's DMA: so many reads outstanding and no more.
      if (sent - port.answers.size() < 32) {
        port.read(17, n::L2Base + 4096);
        ++sent;
      } else {
        port.step();
      }
    }
    EXPECT_LE(port.events[0].cycle, start + 2 + 100 + 512 + 32) << (in ? "in" : "out");
  }
}

TEST(L3Dma, SlowsDownWhereL2IsTheBottleneck) {
  tb::Target target = memory_target();
  target.l3.bytes_per_cycle = 8;
  for (const bool in : {true, false}) {
    MemoryPort port(target);
    const std::uint32_t from = in ? n::L3Base : n::L2Base, to = in ? n::L2Base : n::L3Base;
    port.fill(from, noise(4096, 9));
    port.start(0, {from, to, 4096});
    port.answers.clear();
    std::size_t sent = 0, most = 0;
    while (port.events.empty()) {
      if (sent - port.answers.size() < 32) {
        port.read(17, n::L2Base + 8192);
        ++sent;
      } else {
        port.step();
      }
      most = std::max(most, sent - port.answers.size());
    }
    EXPECT_EQ(port.contents(to, 4096), port.contents(from, 4096));
    // 512 beats meet one access of the cluster a cycle: neither starves the other.
    EXPECT_GT(port.now, 1000U);
    EXPECT_GT(port.answers.size(), 400U);
  }
}

TEST(L3Dma, GivesTicketsAndEventsInOrder) {
  MemoryPort port(memory_target());
  const Transfer t{n::L3Base, n::L2Base, 64};
  for (const unsigned core : {0U, 5U, 15U}) port.program(core, t);
  const auto start = [&](unsigned core) { return port.load(core, port.at(n::DmaStart)); };
  const auto done = [&](unsigned core) { return port.load(core, port.at(n::DmaDone)); };
  const std::uint64_t begin = port.now + 1;
  EXPECT_EQ(start(0), 1U);
  EXPECT_EQ(start(5), 1U);
  EXPECT_EQ(start(0), 2U);
  EXPECT_EQ(start(15), 1U);
  EXPECT_EQ(port.memory.statistics().l3_dma_queued, 4U);
  // A transfer of 164 cycles, the next one a cycle later.
  const std::uint64_t first = begin + 2 + 164;
  const Events expected = {{1, first}, {1, first + 165}, {1, first + 330}, {1, first + 495}};
  const std::vector<std::vector<unsigned>> dones = {{1, 0, 0}, {1, 1, 0}, {2, 1, 0}, {2, 1, 1}};
  for (unsigned i = 0; i < 4; ++i) {
    port.until(expected[i].cycle - 1);
    EXPECT_EQ(port.events.size(), i) << "blocked at N - 1";
    port.step();
    EXPECT_EQ(port.events.size(), i + 1) << "ready at N";
    EXPECT_EQ((std::vector<unsigned>{done(0), done(5), done(15)}), dones[i]);
  }
  port.finish();
  EXPECT_EQ(port.events, expected);
}

TEST(L3Dma, HoldsAStartBackUntilTheQueueHasRoom) {
  MemoryPort port(memory_target());
  const Transfer t{n::L3Base, n::L2Base, 64};
  for (const unsigned core : {1U, 2U, 3U}) port.program(core, t);
  for (unsigned i = 1; i <= 16; ++i) EXPECT_EQ(port.load(1, port.at(n::DmaStart)), i);
  EXPECT_TRUE(port.events.empty());
  port.answers.clear();
  port.step(MemoryPort::word(2, port.at(n::DmaStart), false));
  port.step(MemoryPort::word(3, port.at(n::DmaStart), false));
  EXPECT_EQ(port.load(4, port.at(n::DmaDone)), 0U) << "nobody else is held up";
  port.answers.clear();
  while (port.events.size() < 2) port.step();
  port.until(port.now + 6);
  ASSERT_EQ(port.answers.size(), 2U);
  EXPECT_EQ(port.answers[0], (MemoryPort::Answer{2, port.events[0].cycle + 6, 1}));
  EXPECT_EQ(port.answers[1], (MemoryPort::Answer{3, port.events[1].cycle + 6, 1}));
  port.finish();
  EXPECT_EQ(port.events.size(), 18U);
}

TEST(L3Dma, KeepsItsRegistersPerCore) {
  MemoryPort port(memory_target());
  EXPECT_EQ(port.load(0, port.at(n::DmaRows)), 1U);
  port.program(0, {1, 2, 3, 4, 5, 6});
  port.program(1, {11, 12, 13, 14, 15, 16});
  const std::vector<std::uint32_t> offsets = {n::DmaSource,       n::DmaDestination,
                                              n::DmaBytes,        n::DmaRows,
                                              n::DmaSourceStride, n::DmaDestinationStride};
  for (unsigned i = 0; i < offsets.size(); ++i) {
    EXPECT_EQ(port.load(0, port.at(offsets[i])), 1 + i);
    EXPECT_EQ(port.load(1, port.at(offsets[i])), 11 + i);
  }
  port.read(n::OutsideIdDmaRead, port.at(n::DmaStart));  // START and DONE at once: starts nothing
  EXPECT_EQ(port.wait_for(n::OutsideIdDmaRead), 0U);
  EXPECT_TRUE(port.memory.idle());
}

TEST(L3Dma, RefusesWhatDoesNotLieBetweenL2AndL3) {
  const std::uint32_t l2_end = n::L2Base + (64 << 10), l3_end = n::L3Base + (128 << 10);
  const std::vector<Transfer> bad = {
      {n::L2Base, n::L2Base + 64, 8},
      {n::L3Base, n::L3Base + 64, 8},
      {n::L3Base, n::L1Base, 8},
      {0, n::L2Base, 8},
      {n::L3Base, l2_end - 7, 8},
      {l3_end - 7, n::L2Base, 8},
      {n::L2Base - 1, n::L3Base, 8},
      {n::L3Base, n::L2Base, 8, 3, 16, static_cast<std::uint32_t>(-16)},
      {n::L3Base, l2_end - 24, 8, 3, 16, 9},
      {n::L3Base, n::L2Base, 0xffffffff, 0xffffffff, 0x7fffffff, 0x80000000},
  };
  for (const Transfer& t : bad) {
    MemoryPort port(memory_target());
    const std::uint64_t start = port.start(0, t);
    port.finish();
    EXPECT_EQ(port.events, (Events{{1, start + 2}})) << "complete, so that nobody waits for ever";
    EXPECT_EQ(port.load(0, port.at(n::DmaDone)), 1U);
    EXPECT_EQ(port.load(0, port.at(n::DmaError)), 1U);
    EXPECT_EQ(port.load(1, port.at(n::DmaError)), 0U);
    port.store(0, port.at(n::DmaError), 0);
    EXPECT_EQ(port.load(0, port.at(n::DmaError)), 0U);
    EXPECT_EQ(port.memory.statistics().l3_bytes, 0U);
  }
}

TEST(L3Dma, CompletesEmptyTransfersAtOnce) {
  MemoryPort port(memory_target());
  const std::uint64_t start = port.start(0, {0, 0, 0});
  port.finish();
  EXPECT_EQ(port.events, (Events{{1, start + 2}}));
  port.start(0, {0, 0, 8, 0});
  port.finish();
  EXPECT_EQ(port.load(0, port.at(n::DmaDone)), 2U);
  EXPECT_EQ(port.load(0, port.at(n::DmaError)), 0U);
}

/// The whole of both memories is compared, so what lies around and between the rows is guarded.
TEST(L3Dma, MovesRandomRowsByteForByte) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
    tb::Target target = memory_target();
    target.l2 = {16 << 10, 1 + below(20)};
    target.l3 = {32 << 10, 1 + below(50), 0.25 * (1 + below(32)), 8U << below(8), below(20)};
    MemoryPort port(target);
    std::vector<std::uint8_t> l2 = noise(16 << 10, seed), l3 = noise(32 << 10, ~seed);
    port.fill(n::L2Base, l2);
    port.fill(n::L3Base, l3);
    const unsigned transfers = 1 + below(4);
    for (unsigned i = 0; i < transfers; ++i) {
      const std::uint32_t bytes = 1 + below(below(2) == 0 ? 40 : 700), rows = 1 + below(12);
      const auto place = [&](std::uint32_t size, std::uint32_t& start) {
        // Strides of either sign, rows that overlap included.
        const std::uint32_t stride = below((size - bytes) / rows);
        const bool up = below(2) == 0;
        const std::uint32_t span = stride * (rows - 1) + bytes;
        start = below(size - span + 1) + (up ? 0 : stride * (rows - 1));
        return up ? stride : 0U - stride;
      };
      std::uint32_t at2 = 0, at3 = 0;
      const std::uint32_t stride2 = place(16 << 10, at2), stride3 = place(32 << 10, at3);
      const bool in = below(2) == 0;
      for (std::uint32_t r = 0; r < rows; ++r) {
        const auto row2 = l2.begin() + (at2 + r * stride2), row3 = l3.begin() + (at3 + r * stride3);
        if (in) {
          std::copy_n(row3, bytes, row2);
        } else {
          std::copy_n(row2, bytes, row3);
        }
      }
      const std::uint32_t a2 = n::L2Base + at2, a3 = n::L3Base + at3;
      port.start(below(16), in ? Transfer{a3, a2, bytes, rows, stride3, stride2}
                               : Transfer{a2, a3, bytes, rows, stride2, stride3});
    }
    port.finish();
    ASSERT_EQ(port.events.size(), transfers);
    ASSERT_EQ(port.contents(n::L2Base, 16 << 10), l2) << "seed " << seed;
    ASSERT_EQ(port.contents(n::L3Base, 32 << 10), l3) << "seed " << seed;
  }
}

}  // namespace
}  // namespace freebits::test
