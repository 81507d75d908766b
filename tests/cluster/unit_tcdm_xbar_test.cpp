// SPDX-License-Identifier: Apache-2.0
// fb_tcdm_xbar and its banks against a plain memory: data, arbitration, cycles.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "Vxbar1.h"
#include "Vxbar16.h"
#include "Vxbar2.h"
#include "Vxbar4.h"
#include "Vxbar8.h"
#include "unit.hpp"

namespace freebits::test {
namespace {

constexpr int kBankWords = 64;

struct Access {
  int bank, row;
  bool write, test_and_set;
  std::uint32_t enables, data;
  int cycles = 0;  // it has stood
};

template <class Geometry>
class TcdmXbar : public ::testing::Test {
 protected:
  static constexpr int kMasters = Geometry::kMasters;
  static constexpr int kBanks = Geometry::kBanks;

  Unit<typename Geometry::Model> unit_;
  std::array<std::array<std::uint32_t, kBankWords>, kBanks> memory_{};
  std::array<std::optional<Access>, kMasters> standing_;
  std::array<std::optional<std::uint32_t>, kMasters> answer_;  // due in this cycle
  std::set<int> granted_;                                      // in the last cycle

  void SetUp() override {
    for (int bank = 0; bank < kBanks; ++bank) {
      for (int row = 0; row < kBankWords; ++row) {
        run({0, Access{bank, row, true, false, 15, 0}});
      }
    }
  }

  void run(std::pair<int, Access> access) {
    standing_[access.first] = access.second;
    while (standing_[access.first]) step();
  }

  void step() {
    drive();
    unit_.settle();
    check_answers();
    check_grants();
    unit_.tick();
  }

 private:
  void drive() {
    auto& p = unit_.ports;
    for (int m = 0; m < kMasters; ++m) {
      set_slice(p.req_i, m, 1, standing_[m].has_value());
      if (!standing_[m]) continue;
      const Access& a = *standing_[m];
      set_slice(p.addr_i, m, 32, static_cast<std::uint32_t>((a.row * kBanks + a.bank) * 4));
      set_slice(p.we_i, m, 1, a.write);
      set_slice(p.tas_i, m, 1, a.test_and_set);
      set_slice(p.be_i, m, 4, a.enables);
      set_slice(p.wdata_i, m, 32, a.data);
    }
  }

  void check_answers() {
    for (int m = 0; m < kMasters; ++m) {
      if (answer_[m]) {
        ASSERT_EQ(slice(unit_.ports.rdata_o, m, 32), *answer_[m]) << "master " << m;
      }
      answer_[m].reset();
    }
  }

  void check_grants() {
    granted_.clear();
    std::array<int, kBanks> grants{};
    std::array<bool, kBanks> wanted{};
    for (int m = 0; m < kMasters; ++m) {
      if (standing_[m]) wanted[standing_[m]->bank] = true;
      if (slice(unit_.ports.gnt_o, m, 1) == 0) continue;
      ASSERT_TRUE(standing_[m]) << "grant without a request, master " << m;
      granted_.insert(m);
      ++grants[standing_[m]->bank];
    }
    for (int b = 0; b < kBanks; ++b) ASSERT_EQ(grants[b], wanted[b]) << "bank " << b;
    // The bank serves another master in each cycle of waiting: at most all others, once.
    for (auto& access : standing_) {
      if (access) {
        ASSERT_LE(++access->cycles, kMasters);
      }
    }
    for (const int m : granted_) perform(m);
  }

  void perform(int m) {
    const Access& a = *standing_[m];
    std::uint32_t& word = memory_[a.bank][a.row];
    if (!a.write) answer_[m] = word;
    for (int byte = 0; byte < 4; ++byte) {
      const std::uint32_t lane = 0xFFU << 8 * byte;
      if ((a.enables >> byte & 1) == 0) continue;
      if (a.write) word = (word & ~lane) | (a.data & lane);
      if (a.test_and_set) word |= lane;
    }
    standing_[m].reset();
  }
};

template <class M, int Masters, int Banks>
struct Geometry {
  using Model = M;
  static constexpr int kMasters = Masters, kBanks = Banks;
};
using Geometries =
    ::testing::Types<Geometry<Vxbar1, 3, 2>, Geometry<Vxbar2, 4, 4>, Geometry<Vxbar4, 6, 8>,
                     Geometry<Vxbar8, 10, 16>, Geometry<Vxbar16, 18, 32>>;
TYPED_TEST_SUITE(TcdmXbar, Geometries);

Access random_access(Random& random, int banks) {
  const int kind = random.below(4);
  return {random.below(banks),
          random.below(4),
          kind == 0,
          kind == 1,
          random.chance(50) ? 15U : random.word() & 15,
          random.word()};
}

TYPED_TEST(TcdmXbar, EveryWordIsItsOwn) {
  Random random(1);
  for (int n = 0; n < 2; ++n) {
    for (int row = 0; row < kBankWords; ++row) {
      for (int bank = 0; bank < this->kBanks; ++bank) {
        const int master = random.below(this->kMasters);
        this->run({master, Access{bank, row, n == 0, false, 15, random.word()}});
      }
    }
  }
  this->step();
}

TYPED_TEST(TcdmXbar, RandomTrafficAgreesWithAMemory) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const int load = 10 + random.below(91);  // percent
    const int banks = random.chance(50) ? this->kBanks : 1 + random.below(this->kBanks);
    for (int cycle = 0; cycle < 2000; ++cycle) {
      for (auto& access : this->standing_) {
        if (!access && random.chance(load)) access = random_access(random, banks);
      }
      this->step();
      if (this->HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(TcdmXbar, KMastersAtOneBankTakeKCycles) {
  Random random(7);
  for (int n = 0; n < 50; ++n) {
    for (int k = 1; k <= this->kMasters; ++k) {
      const int bank = random.below(this->kBanks);
      for (int left = k; left > 0;) {
        auto& access = this->standing_[random.below(this->kMasters)];
        if (!access) {
          access = Access{bank, random.below(kBankWords), false, false, 15, 0};
          --left;
        }
      }
      for (int cycle = 0; cycle < k; ++cycle) {
        this->step();
        ASSERT_EQ(this->granted_.size(), 1U);
      }
      for (const auto& access : this->standing_) ASSERT_FALSE(access);
    }
  }
}

TYPED_TEST(TcdmXbar, MastersAtDistinctBanksNeverWait) {
  const int masters = std::min(this->kMasters, this->kBanks);
  for (int cycle = 0; cycle < 100; ++cycle) {
    for (int m = 0; m < masters; ++m) {
      const int bank = (m + cycle) % this->kBanks;
      this->standing_[m] = Access{bank, cycle % kBankWords, cycle % 2 == 0, false, 15, 5};
    }
    this->step();
    ASSERT_EQ(this->granted_.size(), static_cast<std::size_t>(masters));
  }
}

TYPED_TEST(TcdmXbar, AStandingCrowdIsServedInTurn) {
  std::vector<int> order;
  for (int cycle = 0; cycle < 10 * this->kMasters; ++cycle) {
    for (auto& access : this->standing_) {
      if (!access) access = Access{1, 3, false, false, 15, 0};
    }
    this->step();
    ASSERT_EQ(this->granted_.size(), 1U);
    order.push_back(*this->granted_.begin());
  }
  const auto round = static_cast<std::size_t>(this->kMasters);
  for (std::size_t n = round; n < order.size(); ++n) EXPECT_EQ(order[n], order[n - round]);
  EXPECT_EQ(std::set<int>(order.begin(), order.begin() + this->kMasters).size(), round);
}

TYPED_TEST(TcdmXbar, OneOfManyTestAndSetsWins) {
  this->run({0, Access{0, 9, true, false, 15, 42}});
  for (auto& access : this->standing_) access = Access{0, 9, false, true, 15, 0};
  int winners = 0;
  for (int cycle = 0; cycle <= this->kMasters; ++cycle) {
    this->step();
    for (const auto& answer : this->answer_) winners += answer == 42U;
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(this->memory_[0][9], ~0U);
}

}  // namespace
}  // namespace freebits::test
