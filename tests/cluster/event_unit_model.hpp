// SPDX-License-Identifier: Apache-2.0
// What fb_event_unit does, cycle by cycle, written from docs and fb_cluster_pkg, one core at a
// time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace freebits::test {

constexpr int kBarriers = 8, kMutexes = 8;
constexpr int kEventBarrier = 8, kEventDma = 16, kEventTimer = 17, kEventOutside = 18;
constexpr std::uint32_t kAllEvents = (1U << 22) - 1;
constexpr std::uint32_t kMemoryEvents = 1U << kEventDma | 15U << kEventOutside;

enum Offset : std::uint32_t {
  kMask = 0x000,
  kStatus = 0x004,
  kClear = 0x008,
  kIrqMask = 0x00C,
  kWait = 0x010,
  kWaitClear = 0x014,
  kTrigger = 0x040,
  kBarrier = 0x100,
  kTeam = 0x0,
  kState = 0x4,
  kBarrierWait = 0x8,
  kGo = 0xC,
  kMutex = 0x200,
  kLock = 0x0,
  kUnlock = 0x4
};

enum class Waits : std::uint8_t { kNot, kForEvents, kForMemory, kAtBarrier };

struct EventRequest {
  std::uint32_t offset = 0;
  bool write = false;
  std::uint32_t data = 0;
};

struct EventInputs {
  std::vector<std::optional<EventRequest>> requests;
  std::uint32_t dma = 0, timer = 0, outside = 0;
};

class EventUnitModel {
 public:
  struct Core {
    std::uint32_t mask = 0, status = 0, irq_mask = 0;
    std::optional<EventRequest> pending;
    std::uint32_t value = 0;              // what a pending access that does not wait reads
    std::optional<std::uint32_t> answer;  // in this cycle

    [[nodiscard]] bool irq() const { return (status & irq_mask) != 0; }
    [[nodiscard]] bool waits_for_events() const {
      return pending && !pending->write &&
             (pending->offset == kWait || pending->offset == kWaitClear);
    }
    [[nodiscard]] Waits waits() const {
      if (waits_for_events())
        return (mask & kMemoryEvents) != 0 ? Waits::kForMemory : Waits::kForEvents;
      return pending && (at_barrier() || at_mutex()) ? Waits::kAtBarrier : Waits::kNot;
    }
    [[nodiscard]] bool at_barrier() const {
      return !pending->write && pending->offset >> 7 == kBarrier >> 7 &&
             (pending->offset & 0xC) == kBarrierWait;
    }
    [[nodiscard]] bool at_mutex() const {
      return !pending->write && pending->offset >> 6 == kMutex >> 6 &&
             (pending->offset & 0x4) == kLock;
    }
    [[nodiscard]] std::uint32_t barrier() const { return pending->offset >> 4 & 7; }
    [[nodiscard]] std::uint32_t mutex() const { return pending->offset >> 3 & 7; }
  };

  explicit EventUnitModel(int cores) : cores(static_cast<std::size_t>(cores)) {
    teams_.fill((1U << cores) - 1);
  }

  std::vector<Core> cores;

  /// What is answered in this cycle: from the state alone.
  void answer() {
    for (int b = 0; b < kBarriers; ++b) complete_[b] = complete(b);
    for (int m = 0; m < kMutexes; ++m) granted_[m] = next_owner(m);
    for (std::size_t i = 0; i < cores.size(); ++i) {
      Core& core = cores[i];
      core.answer.reset();
      if (!core.pending) continue;
      if (core.waits_for_events()) {
        if ((core.status & core.mask) != 0) core.answer = core.status & core.mask;
      } else if (core.at_barrier()) {
        const std::uint32_t team = teams_[core.barrier()];
        if (complete_[core.barrier()] || (team >> i & 1) == 0) core.answer = team;
      } else if (core.at_mutex()) {
        if (granted_[core.mutex()] == static_cast<int>(i)) core.answer = messages_[core.mutex()];
      } else {
        core.answer = core.value;
      }
    }
  }

  /// Ends the cycle.
  void step(const EventInputs& in) {
    std::vector<std::uint32_t> set(cores.size());
    for (std::size_t i = 0; i < cores.size(); ++i) {
      if ((in.dma >> i & 1) != 0) set[i] |= 1U << kEventDma;
      if ((in.timer >> i & 1) != 0) set[i] |= 1U << kEventTimer;
      set[i] |= in.outside << kEventOutside;
      for (int b = 0; b < kBarriers; ++b) {
        if (complete_[b] && (gone_[b] >> i & 1) != 0) set[i] |= 1U << (kEventBarrier + b);
      }
    }
    const auto teams = teams_, arrived = arrived_;
    for (int b = 0; b < kBarriers; ++b) {
      arrived_[b] = complete_[b] ? 0 : arrived_[b] & teams[b];
      gone_[b] = complete_[b] ? 0 : gone_[b] & teams[b];
    }
    for (int m = 0; m < kMutexes; ++m) {
      if (granted_[m] >= 0) owners_[m] = last_owner_[m] = granted_[m];
    }
    for (std::size_t i = 0; i < cores.size(); ++i) {
      Core& core = cores[i];
      if (core.answer) {
        if (core.waits_for_events() && core.pending->offset == kWaitClear)
          core.status &= ~core.mask;
        core.pending.reset();
      }
      if (in.requests[i]) accept(i, *in.requests[i], teams, arrived, set);
    }
    for (std::size_t i = 0; i < cores.size(); ++i) cores[i].status |= set[i];
  }

 private:
  using PerBarrier = std::array<std::uint32_t, kBarriers>;
  PerBarrier teams_{}, arrived_{}, gone_{};
  std::array<bool, kBarriers> complete_{};
  std::array<int, kMutexes> owners_ = none(), last_owner_ = none(), granted_ = none();
  std::array<std::uint32_t, kMutexes> messages_{};

  static std::array<int, kMutexes> none() {
    std::array<int, kMutexes> result{};
    result.fill(-1);
    return result;
  }

  [[nodiscard]] bool complete(int b) const {
    return teams_[b] != 0 && (teams_[b] & ~arrived_[b]) == 0;
  }

  [[nodiscard]] int next_owner(int m) const {
    if (owners_[m] >= 0) return -1;
    const int count = static_cast<int>(cores.size());
    for (int step = 1; step <= count; ++step) {
      const int i = (last_owner_[m] + step) % count;
      const Core& core = cores[static_cast<std::size_t>(i)];
      if (core.pending && core.at_mutex() && core.mutex() == static_cast<std::uint32_t>(m))
        return i;
    }
    return -1;
  }

  void accept(std::size_t i, const EventRequest& request, const PerBarrier& teams,
              const PerBarrier& arrived, std::vector<std::uint32_t>& set) {
    Core& core = cores[i];
    core.pending = request;
    core.value = 0;
    const std::uint32_t offset = request.offset, all = (1U << cores.size()) - 1;
    if (offset >> 7 == kBarrier >> 7) {
      const std::uint32_t b = offset >> 4 & 7, self = 1U << i, kind = offset & 0xC;
      if (!request.write && kind == kTeam) core.value = teams[b];
      if (!request.write && kind == kState) core.value = arrived[b];
      if (request.write && kind == kTeam) teams_[b] = request.data & all;
      if (kind == (request.write ? kGo : kBarrierWait)) {
        arrived_[b] |= self & teams[b];
        if (request.write) gone_[b] |= self & teams[b];
      }
    } else if (offset >> 6 == kMutex >> 6) {
      const std::uint32_t m = offset >> 3 & 7;
      if (request.write && (offset & 4) == kUnlock && owners_[m] == static_cast<int>(i)) {
        owners_[m] = -1;
        messages_[m] = request.data;
      }
    } else if (request.write) {
      if (offset == kMask) core.mask = request.data & kAllEvents;
      if (offset == kIrqMask) core.irq_mask = request.data & kAllEvents;
      if (offset == kClear) core.status &= ~request.data;
      if (offset >> 5 == kTrigger >> 5) {
        for (std::size_t t = 0; t < cores.size(); ++t) {
          if ((request.data >> t & 1) != 0) set[t] |= 1U << (offset >> 2 & 7);
        }
      }
    } else {
      if (offset == kMask) core.value = core.mask;
      if (offset == kStatus) core.value = core.status;
      if (offset == kIrqMask) core.value = core.irq_mask;
    }
  }
};

}  // namespace freebits::test
