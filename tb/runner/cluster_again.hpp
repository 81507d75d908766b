// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tb/runner/cluster_runner.hpp"

namespace freebits::tb {

/// The same run once more, every instruction looked at, up to cycle `until` at the latest. Console
/// output is dropped.
[[nodiscard]] ClusterRunResult run_again(const Elf& elf, const Target& target, std::uint64_t until,
                                         const ClusterRunOptions& options);

}  // namespace freebits::tb
