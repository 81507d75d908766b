// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tb/cluster/cluster.hpp"

namespace freebits::tb {

/// Finds failures without seeing instructions, from counters and program counters that are read now
/// and then.
class Watchdog {
 public:
  static constexpr std::uint64_t kStuckCycles = 100'000;

  explicit Watchdog(const Cluster& cluster);

  /// Looks at the cores in cycle `now`.
  void look(std::uint64_t now);

  /// A core that neither retires instructions nor waits for anything that can come.
  [[nodiscard]] std::optional<unsigned> stuck() const { return stuck_; }

  /// Every core that is awake has for a long time been in a loop of a few instructions.
  [[nodiscard]] bool circling(std::uint64_t now) const;

 private:
  /// Since `since` …
  struct Core {
    std::uint64_t since = 0;  ///< … it has retired nothing and has not slept
    std::uint64_t instructions = 0, asleep = 0, waiting = 0;
    std::uint64_t loops_since = 0;  ///< … its pc has stayed within a few bytes
    std::uint32_t lowest = ~0U, highest = 0;
    bool sleeps = false;  ///< all the time since the last look
  };

  const Cluster& cluster_;
  std::vector<Core> cores_;
  std::uint64_t last_look_ = 0;
  std::uint64_t memory_patience_ = 0;
  std::optional<unsigned> stuck_;
};

}  // namespace freebits::tb
