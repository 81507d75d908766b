// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tb/runner/runner.hpp"

namespace freebits::tb {

// The program is in `memory` already.
[[nodiscard]] RunResult run_rtl(const Elf& elf, SystemMemory& memory, const RunOptions& options);
[[nodiscard]] RunResult run_model(const Elf& elf, SystemMemory& memory, const RunOptions& options);

}  // namespace freebits::tb
