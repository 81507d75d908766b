// SPDX-License-Identifier: Apache-2.0
// Cycles of instruction fetch, default geometry, 8 ports. The figures of docs/units/icache.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "Vicache8.h"
#include "icache_driver.hpp"

namespace freebits::test {
namespace {

constexpr std::uint32_t kCode = kL2Base + 0x400;
constexpr unsigned kLatency = 10;  // of the outside, from grant to answer
constexpr int kPorts = 8;

using Path = std::vector<std::uint32_t>;

/// `words` words from `address` on, `times` times.
Path loop(std::uint32_t address, unsigned words, unsigned times = 1) {
  Path path;
  for (unsigned n = 0; n < words * times; ++n) path.push_back(address + n % words * 4);
  return path;
}

Path operator+(Path a, const Path& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Ports that fetch a list of words each, as fast as they are granted.
class Bench {
 public:
  Bench() : driver_(kPorts) {
    driver_.latency = [] { return kLatency; };
    for (Fetcher& f : driver_.fetchers) f.wants = false;
    driver_.successor = [this](int port, std::uint32_t) { return go_on(port); };
    driver_.on_answer = [this](int port, std::uint32_t) {
      taken_[static_cast<std::size_t>(port)] = driver_.cycle - begin_;
    };
    driver_.run(2);
  }

  /// Runs all paths together; cycles of each: as many as words when it never waits.
  std::vector<std::uint64_t> run(const std::vector<Path>& paths) {
    begin_ = driver_.cycle + 1;
    paths_ = paths;
    position_.assign(paths.size(), 0);
    taken_.assign(paths.size(), 0);
    for (std::size_t p = 0; p < paths.size(); ++p) {
      driver_.fetchers[p].wants = !paths[p].empty();
      if (!paths[p].empty()) driver_.fetchers[p].next = paths[p][0];
    }
    for (int n = 0; n < 100000 && busy(); ++n) driver_.step();
    EXPECT_FALSE(busy());
    driver_.run(100);  // prefetches come to rest
    return taken_;
  }

  std::uint64_t run(std::size_t port, const Path& path) {
    std::vector<Path> paths(kPorts);
    paths[port] = path;
    return run(paths)[port];
  }

  /// The slowest of all ports on one path.
  std::uint64_t run_all(const Path& path) {
    const auto taken = run(std::vector<Path>(kPorts, path));
    return *std::max_element(taken.begin(), taken.end());
  }

  Driver<Vicache8>& driver() { return driver_; }

 private:
  Driver<Vicache8> driver_;
  std::uint64_t begin_ = 0;
  std::vector<Path> paths_;
  std::vector<std::size_t> position_;
  std::vector<std::uint64_t> taken_;

  bool busy() const {
    for (const Fetcher& f : driver_.fetchers) {
      if (f.wants || !f.in_flight.empty()) return true;
    }
    return false;
  }

  std::uint32_t go_on(int port) {
    const auto p = static_cast<std::size_t>(port);
    if (++position_[p] < paths_[p].size()) return paths_[p][position_[p]];
    driver_.fetchers[p].wants = false;
    return 0;
  }
};

TEST(FetchTiming, ABufferedLoopOfAnyLengthFetchesAWordEveryCycleOnAllPorts) {
  for (const unsigned words : {1U, 2U, 3U, 4U, 5U, 7U, 8U, 16U, 31U, 64U, 100U, 127U, 128U}) {
    Bench bench;
    bench.run_all(loop(kCode, words, 2));
    EXPECT_EQ(bench.run_all(loop(kCode, words, 5)), 5 * words) << words << " words";
  }
}

TEST(FetchTiming, ABufferedLoopThatStartsAndEndsWithinLinesFetchesAWordEveryCycle) {
  for (unsigned offset = 0; offset < 4; ++offset) {
    Bench bench;
    const Path path = loop(kCode + 4 * offset, 122, 3);  // 31 or 32 lines
    bench.run_all(path);
    EXPECT_EQ(bench.run_all(path), path.size()) << offset;
  }
}

TEST(FetchTiming, ALoopAndTheFunctionItCallsStayBuffered) {
  for (const std::uint32_t distance : {256U, 512U, 1024U, 4096U}) {
    Bench bench;
    const Path path = loop(kCode, 20) + loop(kCode + distance, 40) + loop(kCode + 80, 20);
    bench.run_all(path);
    bench.run_all(path);
    EXPECT_EQ(bench.run_all(path + path), 2 * path.size()) << distance;
  }
}

TEST(FetchTiming, OtherPortsDoNotDisturbABufferedLoop) {
  Bench bench;
  bench.run(0, loop(kCode, 128, 2));
  std::vector<Path> paths(kPorts, loop(kCode + 0x2000, 400));
  paths[0] = loop(kCode, 128, 4);
  EXPECT_EQ(bench.run(paths)[0], 512U);
}

TEST(FetchTiming, ASharedHitAnswersOneCycleLaterThanABufferedOne) {
  Bench bench;
  bench.run(0, loop(kCode, 16));
  EXPECT_EQ(bench.run(1, loop(kCode, 1)), 2U);
  EXPECT_EQ(bench.run(1, loop(kCode, 1)), 1U);
}

TEST(FetchTiming, StraightLineCodeInTheSharedCacheWaitsForItsFirstWordOnly) {
  for (unsigned offset = 0; offset < 4; ++offset) {
    Bench bench;
    bench.run(0, loop(kCode, 256));
    EXPECT_EQ(bench.run(1, loop(kCode + 4 * offset, 200)), 201U) << offset;
  }
}

TEST(FetchTiming, EightPortsOnOneStraightLineInTheSharedCacheGoAsFastAsOne) {
  Bench bench;
  bench.run(0, loop(kCode, 256));
  bench.run(0, loop(kCode + 0x1000, 128));  // forgets the first part in its own buffer
  EXPECT_EQ(bench.run_all(loop(kCode, 100)), 101U);
}

TEST(FetchTiming, EightPortsOnEightStraightLinesShareTheBanksFairly) {
  Bench bench;
  std::vector<Path> paths;
  for (unsigned p = 0; p < kPorts; ++p) paths.push_back(loop(kCode + 256 * p, 64));
  bench.run(0, loop(kCode, 512));
  bench.run(0, loop(kCode + 2048, 128));  // forgets its first part in its own buffer
  // 8 x 16 lines through 2 banks: 64 cycles when both are always in use.
  for (const std::uint64_t cycles : bench.run(paths)) {
    EXPECT_GE(cycles, 65U);
    EXPECT_LE(cycles, 72U);
  }
}

TEST(FetchTiming, NoPortStarvesAtABank) {
  Bench bench;
  bench.run(0, loop(kCode, 64 * 8));
  // Each word in another line of bank 0, more of them than the buffer holds: every fetch goes
  // there.
  std::vector<Path> paths(kPorts);
  for (unsigned p = 0; p < kPorts; ++p) {
    for (unsigned n = 0; n < 512; ++n) paths[p].push_back(kCode + (n + 8 * p) % 64 * 32);
  }
  for (Fetcher& f : bench.driver().fetchers) f.longest_wait = 0;
  const auto taken = bench.run(paths);
  for (unsigned p = 0; p < kPorts; ++p) {
    EXPECT_LE(taken[p], 512U * 8 + 8) << p;
    EXPECT_GE(taken[p], 512U * 8 - 8) << p;
    EXPECT_LE(bench.driver().fetchers[p].longest_wait, 9U) << p;
  }
}

TEST(FetchTiming, AWaitingPortGoesBeforePrefetches) {
  Bench bench;
  bench.run(0, loop(kCode, 512));
  for (unsigned p = 1; p < kPorts; ++p) {
    bench.run(p, loop(kCode + 16 + 64 * p, 1));     // a line of bank 1
    bench.run(p, loop(kCode + 0x400 + 64 * p, 1));  // forgets the line prefetched after it
  }
  bench.run(0, loop(kCode + 0x100, 1));  // last served by bank 0, so last in turn
  std::vector<Path> paths{loop(kCode + 0x200, 1)};
  for (unsigned p = 1; p < kPorts; ++p) paths.push_back(loop(kCode + 16 + 64 * p, 1));
  EXPECT_EQ(bench.run(paths)[0], 2U) << "seven ports prefetch from bank 0 in the same cycle";
}

class ColdFetch : public testing::TestWithParam<unsigned> {
 protected:
  Bench bench;
  void SetUp() override {
    bench.driver().latency = [] { return GetParam(); };
  }
};
INSTANTIATE_TEST_SUITE_P(Latencies, ColdFetch, testing::Values(1, 5, 10, 30, 100));

TEST_P(ColdFetch, AMissTakesFourCyclesMoreThanTheOutside) {
  EXPECT_EQ(bench.run(0, loop(kCode, 1)), GetParam() + 4);
}

TEST_P(ColdFetch, AStraightLineFetchesTwoLinesAtATime) {
  EXPECT_EQ(bench.run(0, loop(kCode, 64)), 8 * GetParam() + 68);
}

TEST_P(ColdFetch, EightPortsOnOneStraightLineTakeAsLongAsOneAndReadItOnce) {
  Bench one;
  one.driver().latency = [] { return GetParam(); };
  EXPECT_EQ(bench.run_all(loop(kCode, 64)), one.run(0, loop(kCode, 64)));
  EXPECT_EQ(bench.driver().outside_reads, one.driver().outside_reads);
  EXPECT_LE(one.driver().outside_reads, 2U * (16 + 2)) << "16 lines and the next ones";
}

TEST(FetchTiming, AFlushMakesTheNextFetchAMiss) {
  Bench bench;
  bench.run(0, loop(kCode, 16, 2));
  bench.driver().flush = true;  // in the cycle of the first request
  EXPECT_EQ(bench.run(0, loop(kCode, 1)), kLatency + 4);
  EXPECT_EQ(bench.run(0, loop(kCode, 1)), 1U);
}

TEST(FetchTiming, AnErrorCostsTwoCyclesAndNothingOutside) {
  Bench bench;
  EXPECT_EQ(bench.run(0, loop(kL2Base - 64, 1)), 2U);
  EXPECT_EQ(bench.run(0, loop(kL2Base - 64, 1)), 2U) << "never kept";
  EXPECT_EQ(bench.driver().outside_reads, 0U);
}

TEST(FetchTiming, NothingIsReadBeyondTheEndOfMemory) {
  for (const std::uint32_t end : {kL2Base + kL2Bytes, kL3Base + kL3Bytes}) {
    Bench bench;
    bench.run(0, loop(end - 16, 4));
    EXPECT_EQ(bench.driver().outside_reads, 2U);
  }
}

}  // namespace
}  // namespace freebits::test
