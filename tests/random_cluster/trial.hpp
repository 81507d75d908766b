// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "coverage_bins.hpp"
#include "image.hpp"
#include "plan.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::random_cluster {

struct TrialOptions {
  /// Also runs the program without anybody looking, and once more on the same cluster: both must
  /// take the same cycles and leave the same memory.
  bool repeat = true;
  /// Looks on as well, last of all: for tests of the judges themselves.
  tb::ClusterObserver* saboteur = nullptr;
  std::function<void(tb::Cluster&)> on_start{};  ///< of the observed run
  std::uint64_t max_cycles = 2'000'000;
};

struct TrialResult {
  std::optional<std::string> failure;  ///< a report; the first line says who complains
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
  std::vector<std::uint32_t> longest_waits;  ///< at L1, of every core
  Hits hits{};
};

/// Runs a program in lock step with the reference model; all judges of README.md.
[[nodiscard]] TrialResult run_trial(const Plan& plan, const TrialOptions& options = {});
[[nodiscard]] TrialResult run_trial(const Plan& plan, const Image& image,
                                    const TrialOptions& options = {});

/// Fewer steps, as long as `fails` says that the plan still does.
[[nodiscard]] Plan shrink(const Plan& plan, const std::function<bool(const Plan&)>& fails);

/// Which judge a report is from.
[[nodiscard]] std::string judge_of(const std::string& report);

}  // namespace freebits::random_cluster
