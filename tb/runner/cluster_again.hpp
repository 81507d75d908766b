// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tb/runner/cluster_runner.hpp"

namespace freebits::tb {

/// Repeats the run with every instruction observed, up to cycle `until`. Console output is dropped.
[[nodiscard]] ClusterRunResult run_again(const Elf& elf, const Target& target, std::uint64_t until,
                                         const ClusterRunOptions& options);

}  // namespace freebits::tb
