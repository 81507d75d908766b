// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/common/exec_options.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::cli {

/// The cycles of `--trace-from` and `--trace-to`: [from, to). A symbol stands for the first cycle
/// in which any core retires an instruction there (for --trace-to: after the beginning); the run is
/// repeated to find it.
struct TraceWindow {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};
};
[[nodiscard]] TraceWindow trace_window(const ExecOptions& options, const tb::Elf& elf,
                                       const tb::Target& target, const tb::ClusterRunOptions& run);

}  // namespace freebits::cli
