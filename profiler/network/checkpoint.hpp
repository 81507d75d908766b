// SPDX-License-Identifier: Apache-2.0
// A network's run, in a file: all of the cluster, and what has been counted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "profiler/network/execution.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits::profiler {

struct RunCheckpoint {
  std::string identity;  ///< of what is run: network, plan, program, input
  std::size_t step = 0;  ///< of the plan: it has begun, or, with `before`, it is the next to begin
  /// Of the step under way, of which the cluster is in the middle; none: it is at its beginning.
  std::optional<StepCounts> before;
  NetworkRun run;                     ///< so far; cycles: those before its beginning
  std::vector<std::uint8_t> cluster;  ///< tb::Cluster::save()
};

/// Nothing when there is no file. Throws Error, naming the file, when it is damaged, of another
/// version, or of another run.
[[nodiscard]] std::optional<RunCheckpoint> read_checkpoint(const std::filesystem::path& file,
                                                           const std::string& identity);
/// Atomic. Throws Error when it cannot be written.
void write_checkpoint(const std::filesystem::path& file, const RunCheckpoint& checkpoint);

}  // namespace freebits::profiler
