// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <map>
#include <random>
#include <thread>

#include "memory_port.hpp"

namespace freebits::test {
namespace {

using Answers = std::vector<MemoryPort::Answer>;

std::vector<std::uint8_t> counting(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

std::vector<std::uint64_t> cycles(const Answers& answers) {
  std::vector<std::uint64_t> list;
  for (const auto& a : answers) list.push_back(a.cycle);
  return list;
}

class L2Latency : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Cycles, L2Latency, testing::Values(1U, 2U, 6U, 40U));

TEST_P(L2Latency, IsFromTheRequestToTheAnswer) {
  tb::Target target = memory_target();
  target.l2.latency = GetParam();
  MemoryPort port(target);
  port.fill(n::L2Base + 64, counting(8));
  port.until(9);
  port.read(3, n::L2Base + 64);  // in cycle 10
  port.until(9 + GetParam());
  EXPECT_TRUE(port.answers.empty());
  port.step();
  EXPECT_EQ(port.answers, (Answers{{3, 10 + GetParam(), port.block(n::L2Base + 64)}}));
  EXPECT_TRUE(port.memory.idle());
}

TEST_P(L2Latency, IsHiddenByStreaming) {
  tb::Target target = memory_target();
  target.l2.latency = GetParam();
  MemoryPort port(target);
  port.fill(n::L2Base, counting(512));
  Answers expected;
  for (unsigned i = 0; i < 64; ++i) {
    port.read(17, n::L2Base + 8 * i);
    expected.push_back({17, 1 + i + GetParam(), port.block(n::L2Base + 8 * i)});
  }
  port.finish();
  EXPECT_EQ(port.answers, expected);
  EXPECT_EQ(port.memory.statistics().l2_accesses, 64U);
}

TEST(L2, ServesReadsAndWritesInTurn) {
  MemoryPort port(memory_target());
  port.write(18, n::L2Base + 8, 0x1122334455667788);
  port.read(17, n::L2Base + 8);
  port.write(2, n::L2Base + 8, 0xaaaaaaaaaaaaaaaa, 0xf0);
  port.read(17, n::L2Base + 8);
  port.write(3, n::L2Base + 8, 0xbbbbbbbbbbbbbbbb, 0x02);
  port.write(18, n::L2Base + 8, 0xcccccccccccccccc, 0x81);
  port.write(18, n::L2Base + 8, 0xdddddddddddddddd, 0x18);
  port.read(16, n::L2Base + 8);
  port.finish();
  ASSERT_EQ(cycles(port.answers), (std::vector<std::uint64_t>{7, 8, 9, 10, 11, 12, 13, 14}));
  EXPECT_EQ(port.answers[1].data, 0x1122334455667788U);
  EXPECT_EQ(port.answers[3].data, 0xaaaaaaaa55667788U);
  EXPECT_EQ(port.answers[7].data, 0xccaaaadddd66bbccU);
}

TEST(L3, AnswersTheFirstAccessAfterLatencyAndItsBytes) {
  MemoryPort port(memory_target());
  port.fill(n::L3Base + 24, counting(8));
  port.read(16, n::L3Base + 24);
  port.finish();
  EXPECT_EQ(port.answers, (Answers{{16, 1 + 100 + 8, port.block(n::L3Base + 24)}}));
  port.write(16, n::L3Base + 24, 42);
  const std::uint64_t begin = port.now;
  port.finish();
  EXPECT_EQ(port.answers.back().cycle, begin + 100 + 8);
  EXPECT_EQ(port.block(n::L3Base + 24), 42U);
  EXPECT_EQ(port.memory.statistics().l3_busy_cycles, 2U * 108);
  EXPECT_EQ(port.memory.statistics().l3_bytes, 16U);
}

struct Channel {
  double bytes_per_cycle;
  std::vector<unsigned>
      ends;  ///< cycles after the begin of a burst in which 8, 16 … bytes are over
};
class L3Channel : public testing::TestWithParam<Channel> {};
INSTANTIATE_TEST_SUITE_P(Rates, L3Channel,
                         testing::Values(Channel{1.0, {8, 16, 24, 32}}, Channel{8.0, {1, 2, 3, 4}},
                                         Channel{0.3, {27, 54, 80, 107}},
                                         Channel{3.2, {3, 5, 8, 10}}));

TEST_P(L3Channel, StreamsSequentialAccessesInBursts) {
  tb::Target target = memory_target();
  target.l3.bytes_per_cycle = GetParam().bytes_per_cycle;
  target.l3.burst_bytes = 32;
  MemoryPort port(target);
  port.fill(n::L3Base, counting(96));
  Answers expected;
  std::uint64_t begin = 1 + target.l3.latency;
  for (unsigned i = 0; i < 12; ++i) {
    port.read(17, n::L3Base + 8 * i);
    if (i != 0 && i % 4 == 0) begin += GetParam().ends[3] + target.l3.burst_setup;
    expected.push_back({17, begin + GetParam().ends[i % 4], port.block(n::L3Base + 8 * i)});
  }
  port.finish();
  EXPECT_EQ(port.answers, expected);
  EXPECT_EQ(port.memory.statistics().l3_busy_cycles, expected.back().cycle - 1);
}

TEST(L3, ContinuesABurstUntilTheChannelFallsIdle) {
  for (const unsigned late : {0U, 1U}) {
    MemoryPort port(memory_target());
    port.read(17, n::L3Base);
    port.until(108 + late);
    port.read(17, n::L3Base + 8);  // the channel is taken up to cycle 108
    port.finish();
    const std::uint64_t second = late == 0 ? 109 + 8 : 110 + 108;
    EXPECT_EQ(cycles(port.answers), (std::vector<std::uint64_t>{109, second})) << late;
  }
}

TEST(L3, BeginsABurstForAnotherAddressOrDirection) {
  MemoryPort port(memory_target());
  port.read(17, n::L3Base);
  port.read(17, n::L3Base + 16);
  port.write(17, n::L3Base + 24, 1);
  port.write(17, n::L3Base + 32, 1);
  port.read(17, n::L3Base + 32);
  port.finish();
  EXPECT_EQ(cycles(port.answers), (std::vector<std::uint64_t>{109, 217, 325, 333, 441}));
  EXPECT_EQ(port.answers.back().data, 1U);
}

TEST(Port, KeepsTheAnswersOfOneIdInOrderAndDelaysNoOther) {
  MemoryPort port(memory_target());
  port.read(17, n::L3Base);  // due in 109
  port.read(17, n::L2Base);
  port.read(16, n::L2Base);
  port.read(17, n::L2Base + 8);
  port.finish();
  ASSERT_EQ(port.answers.size(), 4U);
  const std::vector<std::pair<unsigned, std::uint64_t>> expected = {
      {16, 9}, {17, 109}, {17, 110}, {17, 111}};
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_EQ(port.answers[i].id, expected[i].first);
    EXPECT_EQ(port.answers[i].cycle, expected[i].second);
  }
}

TEST(Port, AnswersOneRequestACycleOldestFirst) {
  MemoryPort port(memory_target());
  port.read(1, n::L3Base);  // due in 109
  port.until(101);
  for (std::uint8_t id = 2; id < 8; ++id) port.read(id, n::L2Base);  // due in 108 … 113
  port.finish();
  const std::vector<unsigned> order = {2, 1, 3, 4, 5, 6, 7};
  for (unsigned i = 0; i < order.size(); ++i) {
    EXPECT_EQ(port.answers[i].id, order[i]);
    EXPECT_EQ(port.answers[i].cycle, 108 + i);
  }
}

TEST(Port, ReadsZeroFromHolesInTheDeviceWindow) {
  MemoryPort port(memory_target());
  port.store(0, n::OutsideIoBase + 0x800, 5);
  EXPECT_EQ(port.load(0, n::OutsideIoBase + 0x800), 0U);
  EXPECT_EQ(port.load(0, n::OutsideIoBase + n::OutsideIoBytes - 4), 0U);
}

TEST(MemorySystem, IsOpenThroughTheBackDoor) {
  tb::MemorySystem memory(memory_target());
  const std::vector<std::uint8_t> bytes = counting(100);
  std::vector<std::uint8_t> back(100);
  for (const std::uint32_t base : {n::L2Base + (64 << 10), n::L3Base + (128 << 10)}) {
    EXPECT_TRUE(memory.write(base - 100, bytes));
    EXPECT_TRUE(memory.read(base - 100, back));
    EXPECT_EQ(back, bytes);
    EXPECT_FALSE(memory.write(base - 99, bytes));
    EXPECT_FALSE(memory.read(base - 99, back));
  }
  EXPECT_FALSE(memory.read(n::L2Base - 1, back));
  EXPECT_FALSE(memory.read(n::OutsideIoBase, back));
}

TEST(MemorySystem, NoticesStoresIntoWatchedBlocks) {
  MemoryPort port(memory_target());
  port.memory.watch(n::L2Base + 20);
  port.store(0, n::L2Base + 8, 1);
  port.read(0, n::L2Base + 16);
  EXPECT_FALSE(port.memory.take_stored());
  port.store(0, n::L2Base + 16, 1);
  EXPECT_EQ(port.memory.take_stored(), n::L2Base + 16);
  EXPECT_FALSE(port.memory.take_stored()) << "once";
  port.store(0, n::L2Base + 20, 1);
  EXPECT_EQ(port.memory.take_stored(), n::L2Base + 20);
}

TEST(MemorySystem, ForgetsAtResetWhatIsInFlight) {
  MemoryPort port(memory_target());
  port.write(0, n::L2Base, 77);
  port.read(1, n::L3Base);
  port.memory.reset();
  EXPECT_TRUE(port.memory.idle());
  EXPECT_EQ(port.memory.due(), ~std::uint64_t{0});
  EXPECT_EQ(port.block(n::L2Base), 77U);
  port.answers.clear();
  port.now = 0;
  port.read(2, n::L3Base);
  port.finish();
  EXPECT_EQ(cycles(port.answers), (std::vector<std::uint64_t>{109}));
}

TEST(MemorySystem, WorksWithoutL3) {
  tb::Target target = memory_target();
  target.l3.bytes = 0;
  MemoryPort port(target);
  port.write(0, n::L2Base, 77);
  port.read(0, n::L2Base);
  port.finish();
  EXPECT_EQ(port.answers.back().data, 77U);
}

/// Requests of all sources at random, with the L3 DMA moving elsewhere; every answer is compared
/// with a memory without time. What arrived when.
Answers random_traffic(std::uint64_t seed, unsigned requests) {
  std::mt19937_64 random(seed);
  tb::Target target = memory_target();
  target.l2.latency = 1 + random() % 12;
  target.l3.latency = 1 + random() % 30;
  target.l3.bytes_per_cycle = 0.5 + static_cast<double>(random() % 16) / 2;
  target.l3.burst_bytes = 8U << random() % 7;
  target.l3.burst_setup = random() % 20;
  MemoryPort port(target);
  std::map<std::uint32_t, std::uint64_t> reference;
  struct Expected {
    bool write;
    std::uint64_t data, lanes;
  };
  std::map<unsigned, std::deque<Expected>> expected;
  std::size_t seen = 0;
  unsigned outstanding = 0;
  constexpr std::uint32_t kHalf = 32 << 10;  // the upper halves are the DMA's
  constexpr unsigned kDmaCore = 15;
  port.program(kDmaCore, {n::L3Base + kHalf + 5, n::L2Base + kHalf + 2, 3000, 3, 4000, 3500});
  seen = port.answers.size();
  const auto check = [&] {
    for (; seen < port.answers.size(); ++seen) {
      const auto& a = port.answers[seen];
      if (a.id == kDmaCore) continue;
      ASSERT_FALSE(expected[a.id].empty()) << "an answer nobody waits for, seed " << seed;
      const Expected e = expected[a.id].front();
      expected[a.id].pop_front();
      --outstanding;
      if (e.write) continue;
      ASSERT_EQ(a.data & e.lanes, e.data) << "cycle " << a.cycle << ", seed " << seed;
    }
  };
  std::uint32_t next = 0;
  for (unsigned i = 0; i < requests; ++i) {
    if (i % 2000 == 1999) port.step(MemoryPort::word(kDmaCore, port.at(n::DmaStart), false));
    while (outstanding > random() % 48 || random() % 4 == 0) {
      port.step();
      check();
      if (testing::Test::HasFatalFailure()) return port.answers;
    }
    next = random() % 4 != 0 ? next + 8 : static_cast<std::uint32_t>(random() % 64 * 64);
    const std::uint32_t base = random() % 3 == 0 ? n::L3Base : n::L2Base;
    tb::OutsideRequest r{.id = static_cast<std::uint8_t>(random() % 15),
                         .write = random() % 2 == 0,
                         .byte_enable = static_cast<std::uint8_t>(random()),
                         .address = base + next % kHalf,
                         .data = random()};
    if (random() % 2 == 0) r.id = static_cast<std::uint8_t>(16 + random() % 3);
    if (r.id < 16 && !r.write) r.byte_enable = random() % 2 == 0 ? 0x0f : 0xf0;
    if (r.id >= 16 && !r.write) r.byte_enable = 0;
    std::uint64_t& block = reference[r.address];
    std::uint64_t lanes = 0;
    for (unsigned b = 0; b < 8; ++b) {
      if ((r.byte_enable >> b & 1) != 0) lanes |= std::uint64_t{0xff} << (8 * b);
    }
    if (r.write) block = (block & ~lanes) | (r.data & lanes);
    if (!r.write && r.id >= 16) lanes = ~std::uint64_t{0};
    expected[r.id].push_back({r.write, block & lanes, lanes});
    ++outstanding;
    port.step(r);
    check();
  }
  port.finish();
  check();
  EXPECT_EQ(outstanding, 0U) << "seed " << seed;
  for (const auto& [address, value] : reference) {
    EXPECT_EQ(port.block(address), value) << std::hex << address << ", seed " << seed;
  }
  return port.answers;
}

TEST(MemorySystem, AnswersRandomRequestsAsAMemoryWithoutTime) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) random_traffic(seed, 4000);
}

TEST(MemorySystem, IsTheSameInEveryThread) {
  const Answers alone = random_traffic(7, 20'000);
  std::array<Answers, 3> results;
  {
    std::vector<std::jthread> threads;
    for (Answers& result : results) {
      threads.emplace_back([&result] { result = random_traffic(7, 20'000); });
    }
  }
  for (const Answers& result : results) EXPECT_EQ(result, alone);
}

}  // namespace
}  // namespace freebits::test
