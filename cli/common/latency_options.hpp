// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "profiler/profile/profile.hpp"

namespace freebits::cli {

/// How latencies are measured, and where they are kept.
struct LatencyOptions {
  profiler::Fidelity fidelity = profiler::Fidelity::Sampled;
  unsigned jobs = 0;  ///< 0: as many as there are processors
  std::string store;  ///< empty: the user's

  [[nodiscard]] std::filesystem::path store_file() const;
};

/// --fidelity, --jobs, --store.
void add_latency_options(CLI::App& command, LatencyOptions& options);

}  // namespace freebits::cli
