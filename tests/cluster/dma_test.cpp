// SPDX-License-Identifier: Apache-2.0
// fb_dma against a C++ copy: random transfers between an L1 and an outside of random latency and
// grants, and the cycles of undisturbed ones.
#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "Vdma.h"

namespace {

constexpr std::uint32_t kL1 = 0x10000000, kL2 = 0x1c000000, kL3 = 0x80000000;
constexpr std::uint32_t kL1Bytes = 131072;  // TcdmBytes
constexpr std::uint32_t kBytes = 8192;      // of L2 and of L3; of L1, what most tests use
constexpr unsigned kCores = 8;

enum Register : std::uint32_t {
  kSource = 0x00,
  kDestination = 0x04,
  kLength = 0x08,
  kRows = 0x0c,
  kSourceStride = 0x10,
  kDestinationStride = 0x14,
  kStart = 0x18,
  kDone = 0x1c,
  kError = 0x20
};

struct Transfer {
  std::uint32_t source = 0, destination = 0, bytes = 0, rows = 1;
  std::int32_t source_stride = 0, destination_stride = 0;
};

struct Memories {
  std::vector<std::uint8_t> l1 = std::vector<std::uint8_t>(kL1Bytes);
  std::vector<std::uint8_t> l2 = std::vector<std::uint8_t>(kBytes);
  std::vector<std::uint8_t> l3 = std::vector<std::uint8_t>(kBytes);

  std::uint8_t* byte(std::uint32_t address) {
    if (address - kL1 < kL1Bytes) return &l1[address - kL1];
    if (address - kL2 < kBytes) return &l2[address - kL2];
    if (address - kL3 < kBytes) return &l3[address - kL3];
    return nullptr;
  }
  friend bool operator==(const Memories&, const Memories&) = default;
};

/// What a transfer does, all reads before all writes of a row as far as they do not overlap.
void copy(Memories& m, const Transfer& t) {
  for (std::uint32_t row = 0; row < t.rows; ++row) {
    const std::uint32_t from = t.source + row * static_cast<std::uint32_t>(t.source_stride);
    const std::uint32_t to = t.destination + row * static_cast<std::uint32_t>(t.destination_stride);
    for (std::uint32_t i = 0; i < t.bytes; ++i) {
      const std::uint8_t* source = m.byte(from + i);
      if (std::uint8_t* destination = m.byte(to + i))
        *destination = source != nullptr ? *source : 0;
    }
  }
}

/// fb_dma with the memories at its ports.
class Bench {
 public:
  Memories memories;
  unsigned latency = 8;  ///< of the outside
  double refuse = 0;     ///< chance that a port does not grant in a cycle
  std::mt19937 random{1};
  std::uint64_t cycle = 0;
  std::vector<unsigned> events = std::vector<unsigned>(kCores);
  std::uint64_t last_event = 0, first_read = 0;

  Bench() {
    dma_.l2_bytes_i = kBytes;
    dma_.l3_bytes_i = kBytes;
    dma_.rst_ni = 0;
    dma_.clk_i = 0;
    dma_.eval();
    dma_.clk_i = 1;
    dma_.eval();
    dma_.clk_i = 0;
    dma_.rst_ni = 1;
    dma_.eval();
  }

  void write(unsigned core, std::uint32_t offset, std::uint32_t value) {
    access(core, offset, true, value);
    step();
    dma_.req_i = 0;
  }
  std::uint32_t read(unsigned core, std::uint32_t offset) {
    while (offset == kStart && dma_.full_o != 0) step();
    access(core, offset, false, 0);
    step();
    dma_.req_i = 0;
    dma_.eval();
    return dma_.rdata_o;
  }
  std::uint32_t start(unsigned core, const Transfer& t) {
    write(core, kSource, t.source);
    write(core, kDestination, t.destination);
    write(core, kLength, t.bytes);
    write(core, kRows, t.rows);
    write(core, kSourceStride, static_cast<std::uint32_t>(t.source_stride));
    write(core, kDestinationStride, static_cast<std::uint32_t>(t.destination_stride));
    return read(core, kStart);
  }
  void finish() {
    for (unsigned i = 0; i < 200'000 && dma_.busy_o != 0; ++i) step();
    ASSERT_EQ(dma_.busy_o, 0) << "the DMA hangs";
  }
  [[nodiscard]] bool full() const { return dma_.full_o != 0; }

  void step() {
    // Grants depend on the requests of this cycle.
    dma_.rd_gnt_i = dma_.wr_gnt_i = 0;
    dma_.tcdm_gnt_i = 0;
    dma_.eval();
    const bool read_granted = dma_.rd_req_o != 0 && !refused();
    const bool write_granted = dma_.wr_req_o != 0 && !refused();
    unsigned halves = 0;
    for (unsigned h = 0; h < 2; ++h) {
      if ((dma_.tcdm_req_o >> h & 1) != 0 && !refused()) halves |= 1U << h;
    }
    if (dma_.rd_req_o != 0 && first_read == 0) first_read = cycle;
    dma_.rd_gnt_i = read_granted ? 1 : 0;
    dma_.wr_gnt_i = write_granted ? 1 : 0;
    dma_.tcdm_gnt_i = static_cast<std::uint8_t>(halves);
    dma_.eval();

    const std::uint64_t next_l1 = l1_access(halves);
    if (read_granted) reads_.push_back({due(), word(dma_.rd_addr_o)});
    if (write_granted) {
      for (unsigned i = 0; i < 8; ++i) {
        if ((dma_.wr_be_o >> i & 1) == 0) continue;
        std::uint8_t* to = memories.byte(dma_.wr_addr_o + i);
        ASSERT_NE(to, nullptr);
        *to = static_cast<std::uint8_t>(dma_.wr_data_o >> (8 * i));
      }
      writes_.push_back(due());
    }
    for (unsigned core = 0; core < kCores; ++core) {
      if ((dma_.event_o >> core & 1) == 0) continue;
      ++events[core];
      last_event = cycle;
    }
    dma_.clk_i = 1;
    dma_.eval();
    ++cycle;
    dma_.tcdm_rdata_i = next_l1;
    dma_.rd_rvalid_i = !reads_.empty() && reads_.front().due <= cycle ? 1 : 0;
    if (dma_.rd_rvalid_i != 0) {
      dma_.rd_rdata_i = reads_.front().data;
      reads_.pop_front();
    }
    dma_.wr_rvalid_i = !writes_.empty() && writes_.front() <= cycle ? 1 : 0;
    if (dma_.wr_rvalid_i != 0) writes_.pop_front();
    dma_.clk_i = 0;
    dma_.eval();
  }

 private:
  struct Read {
    std::uint64_t due, data;
  };

  bool refused() { return refuse > 0 && std::uniform_real_distribution<>(0, 1)(random) < refuse; }
  std::uint64_t due() const { return cycle + latency; }
  std::uint64_t word(std::uint32_t address) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint8_t* b = memories.byte(address + i);
      EXPECT_NE(b, nullptr);
      if (b != nullptr) value |= static_cast<std::uint64_t>(*b) << (8 * i);
    }
    return value;
  }
  void access(unsigned core, std::uint32_t offset, bool write, std::uint32_t value) {
    dma_.req_i = 1;
    dma_.core_i = static_cast<std::uint8_t>(core);
    dma_.offset_i = static_cast<std::uint16_t>(offset);
    dma_.we_i = write ? 1 : 0;
    dma_.wdata_i = value;
  }
  /// Serves the granted halves; what the next cycle's rdata is (noise where nothing was read).
  std::uint64_t l1_access(unsigned halves) {
    std::uint64_t next = (std::uint64_t{random()} << 32) | random();
    for (unsigned h = 0; h < 2; ++h) {
      if ((halves >> h & 1) == 0) continue;
      const auto offset = static_cast<std::uint32_t>(dma_.tcdm_addr_o >> (32 * h));
      EXPECT_LE(offset + 4, kL1Bytes);
      std::uint32_t value = 0;
      for (unsigned i = 0; i < 4; ++i) {
        std::uint8_t& b = memories.l1[offset + i];
        value |= static_cast<std::uint32_t>(b) << (8 * i);
        const bool write =
            (dma_.tcdm_we_o >> h & 1) != 0 && (dma_.tcdm_be_o >> (4 * h + i) & 1) != 0;
        if (write) b = static_cast<std::uint8_t>(dma_.tcdm_wdata_o >> (32 * h + 8 * i));
      }
      next = (next & ~(0xffffffffULL << (32 * h))) | static_cast<std::uint64_t>(value) << (32 * h);
    }
    return next;
  }

  Vdma dma_;
  std::deque<Read> reads_;
  std::deque<std::uint64_t> writes_;
};

void fill(Memories& m, std::mt19937& random) {
  for (auto* memory : {&m.l1, &m.l2, &m.l3}) {
    for (std::uint8_t& b : *memory) b = static_cast<std::uint8_t>(random());
  }
}

/// A transfer inside one half of each memory, so that source and destination never overlap.
Transfer random_transfer(std::mt19937& random) {
  const auto upto = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  Transfer t;
  t.bytes = upto(4) == 0 ? upto(300) : upto(40);
  t.rows = upto(3) == 0 ? upto(6) : 1;
  constexpr std::uint32_t kHalf = kBytes / 2;
  const auto place = [&](std::uint32_t half, std::int32_t& stride) {
    stride = static_cast<std::int32_t>(upto(2) == 0 ? t.bytes + upto(20) : upto(300));
    const std::uint32_t span = t.bytes + 5 * static_cast<std::uint32_t>(stride);
    std::uint32_t offset = half * kHalf + upto(kHalf - span);
    if (upto(3) == 0) {
      offset += 5 * static_cast<std::uint32_t>(stride);
      stride = -stride;
    }
    return offset + (upto(2) == 0 ? kL1 : kL2);
  };
  t.source = place(0, t.source_stride);
  t.destination = place(1, t.destination_stride);
  return t;
}

void random_transfers(double refuse, unsigned latency) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", refused " << refuse);
    Bench bench;
    bench.refuse = refuse;
    bench.latency = latency;
    bench.random.seed(seed);
    fill(bench.memories, bench.random);
    Memories expected = bench.memories;
    std::vector<unsigned> tickets(kCores);
    for (unsigned i = 0; i < 12; ++i) {
      Transfer t = random_transfer(bench.random);
      // Now and then what an earlier transfer wrote is the source of the next.
      if (bench.random() % 3 == 0)
        std::swap(t.source, t.destination), std::swap(t.source_stride, t.destination_stride);
      const unsigned core = bench.random() % kCores;
      ASSERT_EQ(bench.start(core, t), ++tickets[core]);
      copy(expected, t);
    }
    bench.finish();
    ASSERT_TRUE(bench.memories == expected);
    for (unsigned core = 0; core < kCores; ++core) {
      ASSERT_EQ(bench.events[core], tickets[core]);
      ASSERT_EQ(bench.read(core, kDone), tickets[core]);
      ASSERT_EQ(bench.read(core, kError), 0U);
    }
  }
}

TEST(Dma, MovesWhatACopyMoves) { random_transfers(0, 8); }
TEST(Dma, MovesWhatACopyMovesUnderContention) { random_transfers(0.5, 30); }
TEST(Dma, MovesWhatACopyMovesWithAnImmediateOutside) { random_transfers(0.2, 1); }

TEST(Dma, AnEmptyTransferCompletes) {
  Bench bench;
  bench.start(2, {kL2, kL1, 0, 1, 0, 0});
  bench.start(2, {kL2, kL1, 16, 0, 0, 0});
  bench.finish();
  EXPECT_EQ(bench.events[2], 2U);
}

TEST(Dma, BeatsOutsideEveryMemoryAreLeftOutAndReported) {
  Bench bench;
  fill(bench.memories, bench.random);
  Memories expected = bench.memories;
  const Transfer over_the_end{kL2 + kBytes - 16, kL1, 64, 1, 0, 0};
  const Transfer nowhere{kL1 + 256, 0x40000000, 64, 1, 0, 0};
  bench.start(1, over_the_end);
  bench.start(3, nowhere);
  copy(expected, over_the_end);
  bench.finish();
  EXPECT_TRUE(bench.memories == expected);
  EXPECT_EQ(bench.read(1, kError), 1U);
  EXPECT_EQ(bench.read(3, kError), 1U);
  EXPECT_EQ(bench.read(0, kError), 0U);
  bench.write(1, kError, 0);
  EXPECT_EQ(bench.read(1, kError), 0U);
}

TEST(Dma, AnErrorIsThatOfTheCoreWhoseTransferIsRead) {
  Bench bench;
  fill(bench.memories, bench.random);
  bench.start(1, {kL2, kL1, 1024, 1, 0, 0});
  bench.start(3, {0x40000000, kL1 + 2048, 64, 1, 0, 0});  // read while the first is written
  bench.finish();
  EXPECT_EQ(bench.read(1, kError), 0U);
  EXPECT_EQ(bench.read(3, kError), 1U);
}

TEST(Dma, ATransferHasOneRowUnlessToldOtherwise) {
  Bench bench;
  fill(bench.memories, bench.random);
  Memories expected = bench.memories;
  copy(expected, {kL2, kL1, 64, 1, 0, 0});
  for (unsigned core = 0; core < kCores; ++core) EXPECT_EQ(bench.read(core, kRows), 1U);
  bench.write(5, kSource, kL2);
  bench.write(5, kDestination, kL1);
  bench.write(5, kLength, 64);
  EXPECT_EQ(bench.read(5, kStart), 1U);
  bench.finish();
  EXPECT_TRUE(bench.memories == expected);
}

TEST(Dma, ReachesEachMemoryFromItsFirstBeatToItsLast) {
  struct Beat {
    std::uint32_t address;
    bool inside;
  };
  for (const auto& [begin, bytes] :
       {std::pair{kL1, kL1Bytes}, std::pair{kL2, kBytes}, std::pair{kL3, kBytes}}) {
    for (const Beat beat : {Beat{begin - 8, false}, Beat{begin, true},
                            Beat{begin + bytes - 8, true}, Beat{begin + bytes, false}}) {
      for (const bool is_source : {false, true}) {
        Bench bench;
        fill(bench.memories, bench.random);
        const std::uint32_t other = kL2 + 512;
        const Transfer transfer = is_source ? Transfer{beat.address, other, 8, 1, 0, 0}
                                            : Transfer{other, beat.address, 8, 1, 0, 0};
        Memories expected = bench.memories;
        copy(expected, transfer);
        bench.start(0, transfer);
        bench.finish();
        EXPECT_EQ(bench.read(0, kError), beat.inside ? 0U : 1U) << std::hex << beat.address;
        EXPECT_TRUE(bench.memories == expected) << std::hex << beat.address;
      }
    }
  }
}

/// Cycles from the access to START to the event.
std::uint64_t cycles_of(const Transfer& t) {
  Bench bench;
  bench.write(0, kSource, t.source);
  bench.write(0, kDestination, t.destination);
  bench.write(0, kLength, t.bytes);
  bench.write(0, kRows, t.rows);
  bench.write(0, kSourceStride, static_cast<std::uint32_t>(t.source_stride));
  bench.write(0, kDestinationStride, static_cast<std::uint32_t>(t.destination_stride));
  const std::uint64_t begin = bench.cycle;
  bench.read(0, kStart);
  bench.finish();
  return bench.last_event - begin;
}

TEST(DmaTiming, OneBeatACycleBehindAFixedLatency) {
  // Outside latency 8; 1 KiB and 4 KiB differ by their beats alone.
  EXPECT_EQ(cycles_of({kL2, kL1, 1024, 1, 0, 0}), 128U + 12);
  EXPECT_EQ(cycles_of({kL2, kL1, 4096, 1, 0, 0}), 512U + 12);
  EXPECT_EQ(cycles_of({kL1, kL2, 1024, 1, 0, 0}), 128U + 13);
  EXPECT_EQ(cycles_of({kL1, kL2, 4096, 1, 0, 0}), 512U + 13);
}

TEST(DmaTiming, UnalignedRowsTakeAtMostOneBeatMore) {
  const std::uint64_t aligned = cycles_of({kL2, kL1, 4096, 1, 0, 0});
  for (std::uint32_t from = 0; from < 8; ++from) {
    for (std::uint32_t to = 0; to < 8; ++to) {
      EXPECT_LE(cycles_of({kL2 + from, kL1 + to, 4096, 1, 0, 0}), aligned + 2) << from << " " << to;
    }
  }
}

TEST(DmaTiming, RowsFollowEachOtherWithoutAGap) {
  EXPECT_EQ(cycles_of({kL2, kL1, 64, 16, 128, 64}), cycles_of({kL2, kL1, 1024, 1, 0, 0}));
  EXPECT_EQ(cycles_of({kL1, kL2, 64, 16, 64, 128}), cycles_of({kL1, kL2, 1024, 1, 0, 0}));
}

TEST(DmaTiming, BackToBackTransfersOverlap) {
  Bench bench;
  const std::uint64_t alone = cycles_of({kL2, kL1, 1024, 1, 0, 0});
  const std::uint64_t begin = bench.cycle + 6;
  bench.start(0, {kL2, kL1, 1024, 1, 0, 0});
  bench.start(1, {kL2 + 1024, kL1 + 1024, 1024, 1, 0, 0});
  bench.finish();
  EXPECT_LE(bench.last_event - begin, alone + 128 + 2);
}

TEST(DmaTiming, TheFirstReadStandsTwoCyclesAfterStart) {
  Bench bench;
  bench.start(0, {kL2, kL1, 64, 1, 0, 0});
  const std::uint64_t started = bench.cycle - 1;
  bench.finish();
  EXPECT_EQ(bench.first_read - started, 2U);
}

TEST(Dma, TheQueueHoldsEightTransfers) {
  Bench bench;
  bench.latency = 2000;
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_FALSE(bench.full());
    bench.start(i, {kL2 + 64 * i, kL1 + 64 * i, 64, 1, 0, 0});
  }
  EXPECT_TRUE(bench.full());
  bench.finish();
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(bench.events[i], 1U);
}

TEST(Dma, IsNotDoneBeforeItsLastWriteHoweverSlowTheOutside) {
  Bench bench;
  bench.latency = 1000;  // many more writes than it counts could be under way
  for (const std::uint32_t bytes : {2048U, 4096U, 1024U}) {
    const std::uint64_t begin = bench.cycle;
    bench.start(0, {kL1, kL2, bytes, 1, 0, 0});
    bench.finish();
    EXPECT_GE(bench.last_event - begin, 1000U * ((bytes / 8 + 127) / 128)) << bytes;
  }
  EXPECT_EQ(bench.events[0], 3U);
}

}  // namespace
