// SPDX-License-Identifier: Apache-2.0
// What layers of a network wait for their first operands.
#pragma once

#include <vector>

#include "deploy/plan/plan.hpp"

namespace freebits::models {

/// Cycles for each layer, by the cost model: of steps that only load, before its first kernel, and
/// what the step of the kernel before takes longer for its operands. It is the layer before, its
/// tiles and how they fill L1, that decides whether they come in time.
[[nodiscard]] std::vector<double> operand_waits(const Plan& plan, const Machine& machine);

}  // namespace freebits::models
