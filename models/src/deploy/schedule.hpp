// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freebits/models/deploy/plan.hpp"

namespace freebits::models {

/// Fills in constants (not their places), steps and L1 of a plan whose layers and tilings are
/// there. `inputs`: of each layer, tensors.
void schedule(Plan& plan, const Machine& machine, const std::vector<std::vector<TensorId>>& inputs);

/// Fills in the places of tensors, constants and the step table, and what streams when.
void place(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors);

}  // namespace freebits::models
