// SPDX-License-Identifier: Apache-2.0
// Random fetch streams through fetch buffers and instruction cache in several geometries: every
// word, every error and their order right, also after flushes; nothing waits forever.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "Vicache1.h"
#include "Vicache16.h"
#include "Vicache2.h"
#include "Vicache4.h"
#include "Vicache8.h"
#include "icache_driver.hpp"

namespace freebits::test {
namespace {

template <class Model, int Ports>
struct Geometry {
  using model = Model;
  static constexpr int ports = Ports;
};

using Geometries =
    testing::Types<Geometry<Vicache1, 1>, Geometry<Vicache2, 2>, Geometry<Vicache4, 4>,
                   Geometry<Vicache8, 8>, Geometry<Vicache16, 16>>;

template <class G>
class InstructionCache : public testing::Test {};
TYPED_TEST_SUITE(InstructionCache, Geometries);

/// What one port executes: runs of words, each repeated like a loop, then a jump.
class Program {
 public:
  Program(std::mt19937& random, std::uint32_t region) : random_(random), region_(region) { jump(); }

  /// Where to go on after the word at `address`, if not to the next one.
  bool after(std::uint32_t address, std::uint32_t& target) {
    if (address != last_) {
      if (pick(300) != 0) return false;  // a taken branch or a trap
      jump();
    } else if (--trips_ == 0) {
      jump();
    }
    target = first_;
    return true;
  }
  std::uint32_t first() const { return first_; }

 private:
  std::mt19937& random_;
  std::uint32_t region_, first_ = 0, last_ = 0, trips_ = 0;

  std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  void jump() {
    const std::uint32_t where = pick(100);
    if (where < 70) {
      first_ = kL2Base + region_ + 4 * pick(512);  // code of this port
    } else if (where < 90) {
      first_ = kL2Base + 4 * pick(256);  // code that all share
    } else if (where < 95) {
      first_ = kL3Base + kL3Bytes - 4 * pick(32);  // runs over the end of memory
    } else if (where < 98) {
      first_ = kL2Base + kL2Bytes - 4 * pick(32);
    } else {
      first_ = pick(2) == 0 ? 0xFFFFFFF0 + 4 * pick(4) : kL2Base - 4 * pick(8);
    }
    const std::uint32_t words = pick(4) == 0 ? 1 + pick(160) : 1 + pick(24);
    last_ = first_ + 4 * (words - 1);
    trips_ = pick(3) == 0 ? 1 + pick(12) : 1;
  }
};

struct Conditions {
  std::uint32_t seed;
  unsigned most_latency;
  unsigned grant_percent, fetch_percent;
  unsigned flush_every;  // 0: never
};

template <class G>
void run_random(const Conditions& c, std::uint64_t cycles) {
  SCOPED_TRACE("seed " + std::to_string(c.seed));
  std::mt19937 random(c.seed);
  Driver<typename G::model> driver(G::ports);
  driver.latency = [&] { return 1 + static_cast<unsigned>(random() % c.most_latency); };
  driver.grants = [&] { return random() % 100 < c.grant_percent; };
  std::vector<Program> programs;
  for (int p = 0; p < G::ports; ++p) {
    programs.emplace_back(random, p % 2 == 0 ? 0 : 0x400U * static_cast<unsigned>(p));
    driver.fetchers[static_cast<std::size_t>(p)].next = programs.back().first();
  }
  driver.on_answer = [&](int port, std::uint32_t address) {
    const auto p = static_cast<std::size_t>(port);
    std::uint32_t target = 0;
    if (programs[p].after(address, target)) driver.fetchers[p].redirect(target);
  };
  for (std::uint64_t n = 0; n < cycles && !testing::Test::HasFatalFailure(); ++n) {
    for (Fetcher& f : driver.fetchers) f.wants = random() % 100 < c.fetch_percent;
    if (c.flush_every != 0) {
      if (random() % c.flush_every == 0) driver.write_memory();
      driver.flush = random() % c.flush_every == 0;
    }
    driver.step();
  }
  // The slowest answer: all other ports' misses first, each behind a prefetched line, twice (the
  // line of a dropped fetch, then the one wanted), and again after a flush.
  const std::uint64_t miss = (c.most_latency + 4) * 100 / c.grant_percent + 8;
  for (const Fetcher& f : driver.fetchers) {
    EXPECT_GT(f.answers, cycles / 2000);
    EXPECT_LT(f.longest_wait, 8 * (G::ports + 1) * miss);
  }
}

TYPED_TEST(InstructionCache, AnswersEveryFetchOfRandomPrograms) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    run_random<TypeParam>({seed, 1, 100, 100, 0}, 20000);
    run_random<TypeParam>({seed + 100, 20, 100, 100, 0}, 20000);
    run_random<TypeParam>({seed + 200, 8, 50, 70, 0}, 20000);
    run_random<TypeParam>({seed + 300, 150, 30, 100, 0}, 20000);
  }
}

TYPED_TEST(InstructionCache, AnswersNothingOlderThanTheLastFlush) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    run_random<TypeParam>({seed, 1, 100, 100, 30}, 20000);
    run_random<TypeParam>({seed + 100, 12, 100, 100, 60}, 20000);
    run_random<TypeParam>({seed + 200, 30, 40, 80, 10}, 20000);
  }
}

}  // namespace
}  // namespace freebits::test
