// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph/input_preparation.hpp"
#include "models/layers/tensor.hpp"

namespace freebits::models {

/// Throws Error when a preparation is none, or cuts out more than a network takes.
void check_preparation(const InputPreparation& preparation, const Shape& input);

}  // namespace freebits::models
