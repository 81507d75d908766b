// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tb/memory/system_memory.hpp"

namespace freebits::random {

/// Writes the trap handler of random programs to kCodeBase: a vector table of 32 jumps and one
/// routine. It skips the instruction that trapped, resumes after a fetch fault at the word at
/// kSafeAddress, returns from interrupts at once, and jumps to `end` when the trap budget is spent.
/// It uses no CSR that programs may not clobber, and its two registers are saved relative to x0.
void write_trap_handler(tb::SystemMemory& memory, std::uint32_t end);

}  // namespace freebits::random
