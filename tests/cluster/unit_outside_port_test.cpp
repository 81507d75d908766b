// SPDX-License-Identifier: Apache-2.0
// fb_outside_port between random sources and an outside of random readiness and latency.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "Voutside1.h"
#include "Voutside16.h"
#include "Voutside2.h"
#include "Voutside4.h"
#include "Voutside8.h"
#include "unit.hpp"

namespace freebits::test {
namespace {

constexpr std::uint32_t kIdIcache = 16;

struct Request {
  std::uint32_t id = 0, address = 0, enables = 0;
  bool write = false, upper = false;
  std::uint64_t data = 0;
};

template <class Geometry>
class OutsidePort : public ::testing::Test {
 protected:
  static constexpr int kCores = Geometry::kCores;
  static constexpr int kIcache = kCores, kRead = kCores + 1, kWrite = kCores + 2;
  static constexpr int kSources = kCores + 3;

  Unit<typename Geometry::Model> unit_;
  Random random_{1};
  std::array<std::optional<Request>, kSources> standing_;
  std::array<int, kSources> waited_{};              // grants of others
  std::array<std::deque<Request>, kSources> open_;  // granted, not answered
  std::deque<Request> registered_;                  // granted, not yet taken by the outside: 0 or 1
  std::deque<Request> taken_;                       // by the outside, not answered
  std::optional<int> due_;                          // the source answered in this cycle …
  std::uint64_t due_data_ = 0;                      // … with this
  int granted_ = -1, taken_count_ = 0;

  [[nodiscard]] static std::uint32_t id(int source) {
    return source < kCores ? static_cast<std::uint32_t>(source)
                           : kIdIcache + static_cast<std::uint32_t>(source - kCores);
  }
  [[nodiscard]] static int source(std::uint32_t id) {
    return id < kIdIcache ? static_cast<int>(id) : kCores + static_cast<int>(id - kIdIcache);
  }
  /// A core has one access in flight, the others several.
  [[nodiscard]] bool may_ask(int source) const {
    return !standing_[source] && open_[source].size() < (source < kCores ? 1U : 8U);
  }

  void ask(int source) {
    Request r;
    r.id = id(source);
    r.address = random_.word() & (source < kCores ? ~3U : ~7U);
    r.upper = (r.address & 4) != 0;
    r.write = source == kWrite || (source < kCores && random_.chance(50));
    r.enables = random_.word() & (source < kCores ? 0xF : 0xFF);
    r.data = random_.word() | static_cast<std::uint64_t>(random_.word()) << 32;
    standing_[source] = r;
    waited_[source] = 0;
  }

  void step(bool ready, bool answers) {
    auto& p = unit_.ports;
    drive();
    p.out_ready_i = ready;
    std::size_t which = 0;
    p.in_valid_i = answers && !taken_.empty();
    if (p.in_valid_i != 0) {
      // Any id, but its oldest.
      which = static_cast<std::size_t>(random_.below(static_cast<int>(taken_.size())));
      for (std::size_t n = 0; n < which; ++n) {
        if (taken_[n].id == taken_[which].id) which = n;
      }
      p.in_id_i = static_cast<std::uint8_t>(taken_[which].id);
      p.in_rdata_i = random_.word() | static_cast<std::uint64_t>(random_.word()) << 32;
    }
    unit_.settle();
    check_answer();
    check_output();
    check_grant(ready);
    if (ready && p.out_valid_o != 0) {
      taken_.push_back(registered_.front());
      registered_.pop_front();
      ++taken_count_;
    }
    if (granted_ >= 0) {
      registered_.push_back(*standing_[granted_]);
      open_[granted_].push_back(*standing_[granted_]);
      standing_[granted_].reset();
    }
    due_.reset();
    if (p.in_valid_i != 0) {
      due_ = source(p.in_id_i);
      due_data_ = p.in_rdata_i;
      taken_.erase(taken_.begin() + static_cast<std::ptrdiff_t>(which));
    }
    unit_.tick();
  }

 private:
  void drive() {
    auto& p = unit_.ports;
    for (int i = 0; i < kCores; ++i) {
      set_slice(p.core_req_i, i, 1, standing_[i].has_value());
      if (!standing_[i]) continue;
      set_slice(p.core_addr_i, i, 32, standing_[i]->address);
      set_slice(p.core_we_i, i, 1, standing_[i]->write);
      set_slice(p.core_be_i, i, 4, standing_[i]->enables);
      set_slice(p.core_wdata_i, i, 32, static_cast<std::uint32_t>(standing_[i]->data));
    }
    p.icache_req_i = standing_[kIcache].has_value();
    if (standing_[kIcache]) p.icache_addr_i = standing_[kIcache]->address;
    p.dma_rd_req_i = standing_[kRead].has_value();
    if (standing_[kRead]) p.dma_rd_addr_i = standing_[kRead]->address;
    p.dma_wr_req_i = standing_[kWrite].has_value();
    if (standing_[kWrite]) {
      p.dma_wr_addr_i = standing_[kWrite]->address;
      p.dma_wr_be_i = static_cast<std::uint8_t>(standing_[kWrite]->enables);
      p.dma_wr_data_i = standing_[kWrite]->data;
    }
  }

  void check_answer() {
    const auto& p = unit_.ports;
    for (int i = 0; i < kCores; ++i) ASSERT_EQ(slice(p.core_rvalid_o, i, 1) != 0, due_ == i);
    ASSERT_EQ(p.icache_rvalid_o != 0, due_ == kIcache);
    ASSERT_EQ(p.dma_rd_rvalid_o != 0, due_ == kRead);
    ASSERT_EQ(p.dma_wr_rvalid_o != 0, due_ == kWrite);
    if (!due_) return;
    const Request request = open_[*due_].front();
    open_[*due_].pop_front();
    if (*due_ < kCores) {
      const auto word = static_cast<std::uint32_t>(due_data_ >> (request.upper ? 32 : 0));
      ASSERT_EQ(p.core_rdata_o, word);
    } else {
      ASSERT_EQ(p.rdata_o, due_data_);
    }
  }

  void check_output() {
    const auto& p = unit_.ports;
    ASSERT_EQ(p.out_valid_o != 0, !registered_.empty());
    if (registered_.empty()) return;
    const Request& r = registered_.front();
    ASSERT_EQ(p.out_id_o, r.id);
    ASSERT_EQ(p.out_we_o != 0, r.write);
    ASSERT_EQ(p.out_addr_o, r.address & ~7U);
    if (!r.write) return;
    const bool core = r.id < kIdIcache;
    const std::uint32_t lanes = core && r.upper ? r.enables << 4 : r.enables;
    ASSERT_EQ(p.out_be_o, lanes);
    for (int byte = 0; byte < 8; ++byte) {
      if ((lanes >> byte & 1) == 0) continue;
      const int from = core ? byte % 4 : byte;
      ASSERT_EQ(p.out_wdata_o >> 8 * byte & 0xFF, r.data >> 8 * from & 0xFF);
    }
  }

  void check_grant(bool ready) {
    const auto& p = unit_.ports;
    granted_ = -1;
    int grants = 0;
    bool asked = false;
    for (int s = 0; s < kSources; ++s) {
      const bool grant = s < kCores     ? slice(p.core_gnt_o, s, 1) != 0
                         : s == kIcache ? p.icache_gnt_o != 0
                         : s == kRead   ? p.dma_rd_gnt_o != 0
                                        : p.dma_wr_gnt_o != 0;
      asked |= standing_[s].has_value();
      if (!grant) continue;
      ASSERT_TRUE(standing_[s]);
      granted_ = s;
      ++grants;
    }
    ASSERT_EQ(grants, asked && (ready || registered_.empty()) ? 1 : 0);
    for (int s = 0; s < kSources; ++s) {
      if (!standing_[s] || grants == 0 || s == granted_) continue;
      ASSERT_LT(++waited_[s], kSources) << "source " << s << " starves";
    }
  }
};

template <class M, int Cores>
struct Geometry {
  using Model = M;
  static constexpr int kCores = Cores;
};
using Geometries =
    ::testing::Types<Geometry<Voutside1, 1>, Geometry<Voutside2, 2>, Geometry<Voutside4, 4>,
                     Geometry<Voutside8, 8>, Geometry<Voutside16, 16>>;
TYPED_TEST_SUITE(OutsidePort, Geometries);

TYPED_TEST(OutsidePort, RandomTrafficArrivesOnceAndInOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    this->random_ = Random(seed);
    const int load = 1 + this->random_.below(100), ready = 10 + this->random_.below(91),
              answers = 10 + this->random_.below(91);
    for (int cycle = 0; cycle < 1000; ++cycle) {
      for (int s = 0; s < this->kSources; ++s) {
        if (this->may_ask(s) && this->random_.chance(load)) this->ask(s);
      }
      this->step(this->random_.chance(ready), this->random_.chance(answers));
      if (this->HasFatalFailure()) return;
    }
    for (int cycle = 0; cycle < 100; ++cycle) this->step(true, true);
    for (const auto& open : this->open_) ASSERT_TRUE(open.empty());
  }
}

TYPED_TEST(OutsidePort, SustainsARequestEveryCycle) {
  for (int cycle = 0; cycle < 200; ++cycle) {
    for (int s = this->kIcache; s < this->kSources; ++s) {
      if (this->may_ask(s)) this->ask(s);
    }
    this->step(true, true);
  }
  EXPECT_EQ(this->taken_count_, 199);  // registered on the way out
}

TYPED_TEST(OutsidePort, AnUndisturbedAccessTakesTwoCyclesMoreThanTheOutside) {
  this->ask(0);
  this->step(true, false);  // granted
  EXPECT_EQ(this->granted_, 0);
  this->step(true, false);  // taken
  EXPECT_EQ(this->taken_count_, 1);
  this->step(true, true);  // the outside answers at its earliest
  EXPECT_EQ(this->open_[0].size(), 1U);
  this->step(true, false);  // answered
  EXPECT_TRUE(this->open_[0].empty());
}

}  // namespace
}  // namespace freebits::test
