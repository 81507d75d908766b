// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/stop.hpp"

namespace freebits {

struct ApartResult {
  std::string bytes;                    ///< what the work returned
  std::uint64_t peak_memory_bytes = 0;  ///< of that process alone
};

/// Does work in a copy of this process (fork), with one thread: what a library computes without
/// asking whether it should stop, or uses memory that is to be measured, is kept apart. The copy
/// dies with this process. Nothing when `work` threw or the copy died. Throws Interrupted, the copy
/// ended, when `stop` is requested, and std::runtime_error when there can be no more processes.
[[nodiscard]] std::optional<ApartResult> run_apart(const std::function<std::string()>& work,
                                                   StopToken stop);

}  // namespace freebits
