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

/// Does `work` in a copy of this process (fork) with one thread. For a library that cannot be
/// interrupted, or whose memory is to be measured. The copy ends with this process. Returns nothing
/// if `work` threw or the copy died. If `stop` is requested, ends the copy and throws Interrupted;
/// throws std::runtime_error if no process can be created.
[[nodiscard]] std::optional<ApartResult> run_apart(const std::function<std::string()>& work,
                                                   StopToken stop);

}  // namespace freebits
