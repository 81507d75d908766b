// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tb/cluster/cluster.hpp"
#include "tb/program/elf.hpp"
#include "tb/runner/runner.hpp"

namespace freebits::tb {

struct ClusterRunOptions {
  std::uint64_t max_cycles = 1'000'000'000;
  std::function<void(std::string_view)> console;          ///< empty: output is dropped
  std::function<void(std::uint64_t cycles)> on_progress;  ///< called often
  const std::atomic<bool>* interrupted = nullptr;         ///< when set: stop
  /// They see every cycle, in this order; one that returns false ends the run. A run without any is
  /// the fastest. They need Visibility::Observed or Traced.
  std::span<ClusterObserver* const> observers;
  /// A core's semihosting exit ends the run, as seen by an observer: needs Visibility::Observed or
  /// Traced. See uses_semihosting().
  bool semihosting = false;
  /// If a run without observers fails, or seems to be in an endless loop, repeats it with every
  /// instruction observed, to say which core failed and why. Only within kExplainCycles.
  bool explain = false;
};

/// Repeating so many cycles takes a minute or two.
inline constexpr std::uint64_t kExplainCycles = 5'000'000;

struct ClusterRunResult {
  Outcome outcome = Outcome::Exited;
  std::uint32_t exit_code = 0;  ///< of the program, when it exited
  std::string message;          ///< otherwise: what happened, and the state of every core
  std::uint64_t cycles = 0;
  std::vector<CoreStatistics> cores;
};

/// Runs `elf`, which has been loaded into `cluster`, until a core exits through tohost in L2 or L3,
/// or until nothing can happen any more. Observers do not change the cycles.
[[nodiscard]] ClusterRunResult run_cluster(const Elf& elf, Cluster& cluster,
                                           const ClusterRunOptions& options);

/// The first cycle in which any core retires an instruction at `address` in a repetition of the
/// run, not before cycle `from`; nothing when none does.
[[nodiscard]] std::optional<std::uint64_t> first_cycle_at(const Elf& elf, const Target& target,
                                                          std::uint32_t address, std::uint64_t from,
                                                          const ClusterRunOptions& options);

}  // namespace freebits::tb
