// SPDX-License-Identifier: Apache-2.0
// fb_periph_bus: selects, holds back starts of the DMA, starves nobody.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>

#include "Vbus1.h"
#include "Vbus16.h"
#include "Vbus2.h"
#include "Vbus4.h"
#include "Vbus8.h"
#include "unit.hpp"

namespace freebits::test {
namespace {

constexpr std::uint32_t kPages = 0x10200000, kDmaPage = 1, kTimerPage = 2, kControlPage = 3;
constexpr std::uint32_t kDmaStart = 0x018;

struct Access {
  std::uint32_t page, offset;
  bool write;
  std::uint32_t data;
  int waited = 0;  // cycles in which the bus could have served it
  [[nodiscard]] bool starts_dma() const {
    return page == kDmaPage && offset == kDmaStart && !write;
  }
};

template <class Geometry>
class PeriphBus : public ::testing::Test {
 protected:
  static constexpr int kCores = Geometry::kCores;

  Unit<typename Geometry::Model> unit_;
  std::array<std::optional<Access>, kCores> standing_;
  int granted_ = -1;
  int room_ = 0;  // in the queue of the DMA

  void step() {
    const bool full = room_ == 0;
    auto& p = unit_.ports;
    for (int i = 0; i < kCores; ++i) {
      set_slice(p.req_i, i, 1, standing_[i].has_value());
      if (!standing_[i]) continue;
      const Access& a = *standing_[i];
      set_slice(p.addr_i, i, 32, kPages | a.page << 12 | a.offset);
      set_slice(p.we_i, i, 1, a.write);
      set_slice(p.wdata_i, i, 32, a.data);
    }
    p.dma_full_i = full;
    unit_.settle();
    check(full);
    if (granted_ >= 0) {
      if (standing_[granted_]->starts_dma()) --room_;
      standing_[granted_].reset();
    }
    unit_.tick();
  }

 private:
  void check(bool full) {
    const auto& p = unit_.ports;
    granted_ = -1;
    int grants = 0;
    bool able = false;
    for (int i = 0; i < kCores; ++i) {
      auto& a = standing_[i];
      if (a && !(full && a->starts_dma())) {
        able = true;
        // Starts take two turns: one among themselves, one on the bus.
        ASSERT_LT(a->waited++, a->starts_dma() ? kCores * kCores : kCores) << "core " << i;
      }
      if (slice(p.gnt_o, i, 1) == 0) continue;
      ASSERT_TRUE(a);
      ASSERT_FALSE(full && a->starts_dma());
      granted_ = i;
      ++grants;
    }
    ASSERT_EQ(grants, able);
    const std::uint32_t page = grants != 0 ? standing_[granted_]->page : 0;
    ASSERT_EQ(p.dma_req_o != 0, page == kDmaPage);
    ASSERT_EQ(p.timer_req_o != 0, page == kTimerPage);
    ASSERT_EQ(p.control_req_o != 0, page == kControlPage);
    if (grants == 0) return;
    ASSERT_EQ(p.core_o, granted_);
    ASSERT_EQ(p.offset_o, standing_[granted_]->offset);
    ASSERT_EQ(p.we_o != 0, standing_[granted_]->write);
    ASSERT_EQ(p.wdata_o, standing_[granted_]->data);
  }
};

template <class M, int Cores>
struct Geometry {
  using Model = M;
  static constexpr int kCores = Cores;
};
using Geometries = ::testing::Types<Geometry<Vbus1, 1>, Geometry<Vbus2, 2>, Geometry<Vbus4, 4>,
                                    Geometry<Vbus8, 8>, Geometry<Vbus16, 16>>;
TYPED_TEST_SUITE(PeriphBus, Geometries);

TYPED_TEST(PeriphBus, RandomAccessesAreServedInTurn) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const int load = 5 + random.below(96), starts = random.below(101), drain = random.below(100);
    for (int cycle = 0; cycle < 1000; ++cycle) {
      for (auto& access : this->standing_) {
        if (access || !random.chance(load)) continue;
        const bool start = random.chance(starts);
        access = Access{start ? kDmaPage : 1 + static_cast<std::uint32_t>(random.below(3)),
                        start ? kDmaStart : static_cast<std::uint32_t>(random.below(1024)) * 4,
                        !start && random.chance(50), random.word()};
      }
      if (this->room_ < 4 && random.chance(drain)) ++this->room_;
      this->step();
      if (this->HasFatalFailure()) return;
    }
  }
}

// Traffic that a single pointer would not serve fairly: whenever the queue has room, the last poll
// has left the pointer behind core 0 and before core 3.
TYPED_TEST(PeriphBus, PollingDoesNotKeepACoreFromTheDma) {
  if (this->kCores < 4) return;
  std::array<int, 2> starts{};
  for (int cycle = 0; cycle < 400; ++cycle) {
    if (cycle % 4 == 3) this->room_ = 1;
    for (const int core : {0, 3}) {
      if (!this->standing_[core]) this->standing_[core] = Access{kDmaPage, kDmaStart, false, 0};
    }
    if (cycle % 4 == 2) {
      this->standing_[1] = Access{kDmaPage, 0x1C, false, 0};
      this->standing_[2] = Access{kDmaPage, 0x1C, false, 0};
    }
    this->step();
    if (this->HasFatalFailure()) return;
    if (this->granted_ == 0) ++starts[0];
    if (this->granted_ == 3) ++starts[1];
  }
  EXPECT_GT(starts[0], 10);
  EXPECT_GT(starts[1], 10);
}

TYPED_TEST(PeriphBus, TheAnswerIsThatOfTheDeviceThatAnswers) {
  auto& p = this->unit_.ports;
  for (const int device : {0, 1, 2}) {
    p.dma_rdata_i = device == 0 ? 0xA5A5A5A5U : 0;
    p.timer_rdata_i = device == 1 ? 0xA5A5A5A5U : 0;
    p.control_rdata_i = device == 2 ? 0xA5A5A5A5U : 0;
    this->unit_.settle();
    EXPECT_EQ(p.rdata_o, 0xA5A5A5A5U);
  }
}

}  // namespace
}  // namespace freebits::test
