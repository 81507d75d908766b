// SPDX-License-Identifier: Apache-2.0
// What ingredients write to: the code of all cores, their data, and what is known about the end.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core_code.hpp"
#include "memories.hpp"
#include "plan.hpp"

namespace freebits::random_cluster {

/// An access whose every byte belongs to one core.
struct Owned {
  std::uint32_t offset = 0;
  unsigned bytes = 1;
};

/// Deals the bytes of an area out to cores in short runs.
class Ownership {
 public:
  /// Bytes with `free[i]` false are nobody's.
  Ownership(Rng& rng, const std::vector<bool>& free, std::uint32_t cores);
  /// Everything `core` may store to.
  [[nodiscard]] const std::vector<Owned>& of(unsigned core) const { return owned_[core]; }

 private:
  std::array<std::vector<Owned>, kMaxCores> owned_;
};

struct Weave {
  explicit Weave(const Plan& plan);

  /// Calls `part` for each core of a mask.
  void each(std::uint32_t cores, const std::function<void(CoreCode&)>& part);
  [[nodiscard]] std::uint32_t all() const { return (1U << plan.cores) - 1; }
  /// Every core of the team arrives at a barrier and waits.
  void barrier(unsigned index);
  /// A barrier whose team are exactly these cores, if there is one: they start together.
  void together(std::uint32_t cores);
  /// Every core has taken the interrupts sent to it: they do not add up either.
  void settle_interrupts();
  /// A store by the byte's owner: what is left there is known.
  void store_owned(CoreCode& code, std::uint32_t address, unsigned bytes);

  const Plan& plan;
  Memories memories;
  std::vector<std::unique_ptr<CoreCode>> cores;
  Ownership shared;

  // Since the last phase: events do not add up, so each comes once at most to each core.
  std::array<std::uint32_t, n::NumBarriers> teams{};
  std::array<std::uint32_t, kMaxCores> events_used{};
  bool timer_used = false;

  // What the counters will be.
  std::array<std::uint32_t, kNumLocks> locked{};
  std::array<std::uint32_t, n::NumMutexes> mutexed{};
  std::array<std::uint32_t, kMaxCores> interrupts{};
};

using Ingredient = void (*)(Weave& w, const Step& step);

// shared_memory.cpp
void weave_sharing(Weave& w, const Step& step);
void weave_racing(Weave& w, const Step& step);
void weave_streams(Weave& w, const Step& step);
// locks.cpp
void weave_lock(Weave& w, const Step& step);
void weave_mutex(Weave& w, const Step& step);
// events.cpp
void weave_phase(Weave& w, const Step& step);
void weave_barrier(Weave& w, const Step& step);
void weave_event(Weave& w, const Step& step);
void weave_interrupt(Weave& w, const Step& step);
void weave_timer(Weave& w, const Step& step);
// transfers.cpp
void weave_dma(Weave& w, const Step& step);
void weave_l3_dma(Weave& w, const Step& step);
// execution.cpp
void weave_private(Weave& w, const Step& step);
void weave_jumps(Weave& w, const Step& step);
void weave_functions(Weave& w, const Step& step);
void weave_patch(Weave& w, const Step& step);
void weave_foreign(Weave& w, const Step& step);

/// A little of anything that disturbs others and leaves nothing.
void disturb(CoreCode& code, unsigned accesses);

/// A core of the mask.
[[nodiscard]] unsigned pick_core(Rng& rng, std::uint32_t cores);

}  // namespace freebits::random_cluster
