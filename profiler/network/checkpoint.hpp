// SPDX-License-Identifier: Apache-2.0
// The run of a network in a file: the whole state of the cluster, and what has been counted.
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
  std::string identity;  ///< hash of what is run: network, plan, program, input
  std::size_t step = 0;  ///< of the plan: it has begun, or, with `before`, it is the next to begin
  /// Counts at the beginning of the step, if the cluster is in the middle of it.
  std::optional<StepCounts> before;
  NetworkRun run;                     ///< so far; cycles: those before its beginning
  std::vector<std::uint8_t> cluster;  ///< tb::Cluster::save()
};

/// Reads a checkpoint; nothing if there is no file. Throws Error, naming the file, if it is
/// damaged, has another version, or belongs to another run.
[[nodiscard]] std::optional<RunCheckpoint> read_checkpoint(const std::filesystem::path& file,
                                                           const std::string& identity);
/// Atomic. Throws Error when it cannot be written.
void write_checkpoint(const std::filesystem::path& file, const RunCheckpoint& checkpoint);

}  // namespace freebits::profiler
