// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/watchdog.hpp"

#include <algorithm>

namespace freebits::tb {
namespace {

constexpr std::uint32_t kLoopBytes = 64;
constexpr std::uint64_t kCirclingCycles = 2'000'000;

}  // namespace

Watchdog::Watchdog(const Cluster& cluster) : cluster_(cluster), cores_(cluster.cores()) {
  const L3Parameters& l3 = cluster.target().l3;
  // All of L3 can be moved twice in that time: a core that waits longer for memory waits for ever.
  const double longest = 2.0 * static_cast<double>(l3.bytes) / std::max(l3.bytes_per_cycle, 1e-3);
  memory_patience_ = kStuckCycles + static_cast<std::uint64_t>(longest);
}

void Watchdog::look(std::uint64_t now) {
  for (unsigned i = 0; i < cores_.size(); ++i) {
    const CoreStatistics s = cluster_.core(i);
    const auto at = [&s](Activity a) { return s.accounting[static_cast<std::size_t>(a)]; };
    const std::uint64_t asleep = at(Activity::Barrier) + at(Activity::Idle);
    const std::uint64_t waiting = at(Activity::MemoryWait);
    Core& core = cores_[i];

    const std::uint32_t pc = cluster_.pc(i);
    core.sleeps = asleep - core.asleep == now - last_look_;
    core.lowest = std::min(core.lowest, pc);
    core.highest = std::max(core.highest, pc);
    if (core.highest - core.lowest > kLoopBytes) {
      core.lowest = core.highest = pc;
      core.loops_since = now;
    }

    if (s.instructions != core.instructions || asleep != core.asleep) {
      core.instructions = s.instructions;
      core.asleep = asleep;
      core.waiting = waiting;
      core.since = now;
      continue;
    }
    const std::uint64_t quiet = now - core.since;
    const bool waits = waiting - core.waiting > quiet / 2;
    if (quiet >= (waits ? memory_patience_ : kStuckCycles)) stuck_ = i;
  }
  last_look_ = now;
}

bool Watchdog::circling(std::uint64_t now) const {
  return std::ranges::all_of(cores_,
                             [now](const Core& core) {
                               return core.sleeps || now - core.loops_since >= kCirclingCycles;
                             }) &&
         !std::ranges::all_of(cores_, [](const Core& core) { return core.sleeps; });
}

}  // namespace freebits::tb
