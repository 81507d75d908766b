// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deploy/plan/plan.hpp"

namespace freebits::models {

/// Fills in constants (not their places), steps and L1 of a plan whose layers, tilings and tensors
/// (not their places, but whether in L3) are there. `inputs`: of each layer, tensors.
void schedule(Plan& plan, const Machine& machine, const std::vector<std::vector<TensorId>>& inputs);

/// Fills in the places of tensors, constants and the step table, and what streams when. Tensors
/// that do not fit L2 beside the others go to L3, too.
void place(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors);

}  // namespace freebits::models
