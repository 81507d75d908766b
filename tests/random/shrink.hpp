// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "program.hpp"

namespace freebits::random {

/// Makes a failing program small while `fails` says that it still fails: removes items and single
/// instructions (delta debugging), then delays, interrupts, values and operands.
[[nodiscard]] Program shrink(Program program, const std::function<bool(const Program&)>& fails);

/// Number of instructions.
[[nodiscard]] std::size_t instruction_count(const Program& program);

}  // namespace freebits::random
