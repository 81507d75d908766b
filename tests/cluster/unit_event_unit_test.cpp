// SPDX-License-Identifier: Apache-2.0
// fb_event_unit against its model, and the cycles and the fairness its users count on.
#include "unit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "Vevents1.h"
#include "Vevents16.h"
#include "Vevents2.h"
#include "Vevents4.h"
#include "Vevents8.h"
#include "event_unit_model.hpp"

namespace freebits::test {
namespace {

template <class Geometry>
class EventUnit : public ::testing::Test {
 protected:
  static constexpr int kCores = Geometry::kCores;
  static constexpr std::uint32_t kAll = (1U << kCores) - 1;

  Unit<typename Geometry::Model> unit_;
  EventUnitModel model_{kCores};
  EventInputs inputs_{std::vector<std::optional<EventRequest>>(kCores)};
  int cycle_ = 0;
  std::map<int, std::uint32_t> answers_;  // of this cycle

  void request(int core, std::uint32_t offset) { inputs_.requests[core] = {offset, false, 0}; }
  void request(int core, std::uint32_t offset, std::uint32_t data) {
    inputs_.requests[core] = {offset, true, data};
  }
  /// A write and its answer.
  void write(int core, std::uint32_t offset, std::uint32_t data) {
    request(core, offset, data);
    step();
    step();
    ASSERT_TRUE(answers_.contains(core));
  }
  std::uint32_t read(int core, std::uint32_t offset) {
    request(core, offset);
    step();
    step();
    return answers_.at(core);
  }

  void reset() {
    unit_.reset();
    model_ = EventUnitModel(kCores);
  }

  /// Outputs and answers of a cycle are checked, then it ends. Requests are for one cycle.
  void step() {
    drive();
    unit_.settle();
    model_.answer();
    check();
    unit_.tick();
    model_.step(inputs_);
    inputs_ = {std::vector<std::optional<EventRequest>>(kCores)};
    ++cycle_;
  }

 private:
  void drive() {
    auto& p = unit_.ports;
    for (int i = 0; i < kCores; ++i) {
      const auto& request = inputs_.requests[i];
      set_slice(p.req_i, i, 1, request.has_value());
      if (!request) continue;
      set_slice(p.addr_i, i, 32, 0x10200000 + request->offset);
      set_slice(p.we_i, i, 1, request->write);
      set_slice(p.wdata_i, i, 32, request->data);
    }
    set(p.dma_event_i, inputs_.dma);
    set(p.timer_event_i, inputs_.timer);
    set(p.outside_event_i, inputs_.outside);
  }

  void check() {
    answers_.clear();
    for (int i = 0; i < kCores; ++i) {
      const auto& core = model_.cores[i];
      const bool answered = slice(unit_.ports.rvalid_o, i, 1) != 0;
      ASSERT_EQ(answered, core.answer.has_value()) << "core " << i << ", cycle " << cycle_;
      if (answered) {
        answers_[i] = slice(unit_.ports.rdata_o, i, 32);
        ASSERT_EQ(answers_[i], *core.answer) << "core " << i << ", cycle " << cycle_;
      }
      ASSERT_EQ(slice(unit_.ports.irq_o, i, 1), core.irq()) << "core " << i;
      ASSERT_EQ(slice(unit_.ports.wait_o, i, 2), static_cast<unsigned>(core.waits()))
          << "core " << i << ", cycle " << cycle_;
    }
  }
};

template <class M, int Cores>
struct Geometry {
  using Model = M;
  static constexpr int kCores = Cores;
};
using Geometries =
    ::testing::Types<Geometry<Vevents1, 1>, Geometry<Vevents2, 2>, Geometry<Vevents4, 4>,
                     Geometry<Vevents8, 8>, Geometry<Vevents16, 16>>;
TYPED_TEST_SUITE(EventUnit, Geometries);

EventRequest random_request(Random& random) {
  const auto barrier = kBarrier + 16 * static_cast<std::uint32_t>(random.below(2));
  const auto mutex = kMutex + 8 * static_cast<std::uint32_t>(random.below(2) * 7);
  const std::uint32_t few = random.word() & random.word();
  switch (random.below(18)) {
    case 0:
      return {kMask, true, few};
    case 1:
      return {kMask, false, 0};
    case 2:
      return {kStatus, random.chance(10), few};
    case 3:
      return {kClear, random.chance(90), few};
    case 4:
      return {kIrqMask, random.chance(50), few};
    case 5:
      return {kWait, false, 0};
    case 6:
      return {kWaitClear, random.chance(10), few};
    case 7:
    case 8:
      return {kTrigger + 4 * static_cast<std::uint32_t>(random.below(8)), true, few};
    case 9:
      return {barrier + kTeam, true, random.word()};
    case 10:
      return {barrier + kTeam, false, 0};
    case 11:
      return {barrier + kState, random.chance(10), few};
    case 12:
    case 13:
      return {barrier + kBarrierWait, false, 0};
    case 14:
      return {barrier + kGo, random.chance(90), few};
    case 15:
      return {mutex + kLock, random.chance(10), few};
    case 16:
      return {mutex + kUnlock, random.chance(90), random.word()};
    default:
      return {static_cast<std::uint32_t>(random.below(1024)) * 4, random.chance(50), few};
  }
}

// Cores whose waits depend on each other end up waiting for ever: then a new round begins.
TYPED_TEST(EventUnit, RandomUseAgreesWithTheModel) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    this->reset();
    const int busy = 5 + random.below(95), pulses = random.below(10);
    for (int cycle = 0, quiet = 0; cycle < 1000 && quiet < 30; ++cycle) {
      auto& in = this->inputs_;
      this->model_.answer();
      for (int i = 0; i < this->kCores; ++i) {
        const auto& core = this->model_.cores[i];
        if ((!core.pending || core.answer) && random.chance(busy))
          in.requests[i] = random_request(random);
      }
      if (random.chance(pulses)) in.dma = random.word() & this->kAll;
      if (random.chance(pulses)) in.timer = random.word() & this->kAll;
      if (random.chance(pulses)) in.outside = random.word() & 15;
      this->step();
      if (this->HasFatalFailure()) return;
      quiet = this->answers_.empty() ? quiet + 1 : 0;
    }
  }
}

TYPED_TEST(EventUnit, ABarrierAnswersInTheCycleAfterTheLastArrival) {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    const std::uint32_t offset = kBarrier + 16 * static_cast<std::uint32_t>(random.below(8));
    const std::uint32_t team = 1 + static_cast<std::uint32_t>(random.below(this->kAll));
    const bool together = random.chance(50);
    this->write(0, offset + kTeam, team);
    std::uint32_t left = team;
    while (left != 0) {
      for (int i = 0; i < this->kCores; ++i) {
        if ((left >> i & 1) == 0 || !(together || random.chance(20))) continue;
        this->request(i, offset + kBarrierWait);
        left &= ~(1U << i);
      }
      this->step();
      ASSERT_TRUE(this->answers_.empty());
    }
    this->step();
    for (int i = 0; i < this->kCores; ++i)
      ASSERT_EQ(this->answers_.contains(i), (team >> i & 1) != 0);
  }
}

TYPED_TEST(EventUnit, BarriersFollowEachOtherEveryCycle) {
  for (int i = 0; i < this->kCores; ++i) this->request(i, kBarrier + kBarrierWait);
  this->step();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < this->kCores; ++i) this->request(i, kBarrier + kBarrierWait);
    this->step();
    ASSERT_EQ(this->answers_.size(), static_cast<std::size_t>(this->kCores));
  }
}

TYPED_TEST(EventUnit, ACoreOutsideTheTeamDoesNotArrive) {
  if (this->kCores == 1) return;
  this->write(0, kBarrier + kTeam, 1);
  this->request(1, kBarrier + kBarrierWait);
  this->step();
  this->step();
  EXPECT_EQ(this->answers_.at(1), 1U);
  EXPECT_EQ(this->read(0, kBarrier + kState), 0U);
}

TYPED_TEST(EventUnit, ACoreTakenFromTheTeamHasNotArrived) {
  if (this->kCores == 1) return;
  this->request(1, kBarrier + kBarrierWait);
  this->step();
  this->write(0, kBarrier + kTeam, 1);
  EXPECT_EQ(this->model_.cores[1].waits(), Waits::kNot);
  this->write(0, kBarrier + kTeam, 3);
  EXPECT_EQ(this->read(0, kBarrier + kState), 0U);
}

TYPED_TEST(EventUnit, GoArrivesAndTheEventTells) {
  const std::uint32_t event = 1U << (kEventBarrier + 5);
  for (int i = 0; i < this->kCores; ++i) this->request(i, kBarrier + 0x50 + kGo, 0);
  this->step();
  this->step();
  for (int i = 0; i < this->kCores; ++i) EXPECT_EQ(this->read(i, kStatus), event);
}

TYPED_TEST(EventUnit, TheEventOfABarrierWakesInTheCycleAfterItsCompletion) {
  if (this->kCores == 1) return;
  const std::uint32_t event = 1U << kEventBarrier;
  this->write(0, kMask, event);
  this->write(0, kBarrier + kGo, 0);
  this->request(0, kWait);
  for (int cycle = 0; cycle < 10; ++cycle) this->step();
  for (int i = 1; i < this->kCores; ++i) this->request(i, kBarrier + kBarrierWait);
  this->step();
  this->step();
  EXPECT_EQ(this->answers_.size(), static_cast<std::size_t>(this->kCores) - 1);
  this->step();
  EXPECT_EQ(this->answers_.at(0), event);
}

TYPED_TEST(EventUnit, NoPulseIsLost) {
  Random random(11);
  std::vector<std::uint32_t> sent(this->kCores), seen(this->kCores);
  for (int i = 0; i < this->kCores; ++i) this->write(i, kMask, kAllEvents);
  for (int cycle = 0; cycle < 3000; ++cycle) {
    this->model_.answer();
    const bool end = cycle > 2900;
    for (int i = 0; i < this->kCores; ++i) {
      if (!this->model_.cores[i].pending || this->model_.cores[i].answer)
        this->request(i, kWaitClear);
      // One pulse of the DMA at a time for each core: counted as often as it was sent.
      if (!end && sent[i] == seen[i] && random.chance(20)) {
        this->inputs_.dma |= 1U << i;
        ++sent[i];
      }
    }
    this->step();
    if (this->HasFatalFailure()) return;
    for (const auto& [core, events] : this->answers_) seen[core] += events >> kEventDma & 1;
  }
  EXPECT_EQ(seen, sent);
  EXPECT_GT(*std::min_element(sent.begin(), sent.end()), 100U);
}

TYPED_TEST(EventUnit, AMutexGoesRoundAndCarriesMessages) {
  if (this->kCores == 1) return;
  const std::uint32_t lock = kMutex + 8 * 3 + kLock, unlock = kMutex + 8 * 3 + kUnlock;
  for (int i = 0; i < this->kCores; ++i) this->request(i, lock);
  this->step();
  std::uint32_t message = 0;
  for (int turn = 0; turn < 5 * this->kCores; ++turn) {
    const int owner = turn % this->kCores;
    this->step();  // the cycle after the unlock, which is answered too
    ASSERT_EQ(this->answers_.size(), turn == 0 ? 1U : 2U);
    ASSERT_EQ(this->answers_.at(owner), message);
    message = 1000U + static_cast<std::uint32_t>(turn);
    this->request(owner, unlock, message);
    this->step();
    this->request(owner, lock);  // it wants it again, and comes last
  }
}

TYPED_TEST(EventUnit, OnlyTheOwnerUnlocks) {
  if (this->kCores == 1) return;
  this->read(0, kMutex + kLock);
  this->request(1, kMutex + kLock);
  this->step();
  if (this->kCores > 2) this->write(2, kMutex + kUnlock, 1);
  for (int cycle = 0; cycle < 20; ++cycle) {
    this->step();
    ASSERT_FALSE(this->answers_.contains(1));
  }
  this->write(0, kMutex + kUnlock, 77);
  EXPECT_EQ(this->answers_.at(1), 77U);
}

}  // namespace
}  // namespace freebits::test
