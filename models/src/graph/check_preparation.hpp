// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freebits/models/input_preparation.hpp"
#include "freebits/models/tensor.hpp"

namespace freebits::models {

/// Throws std::invalid_argument when a preparation is none, or cuts out more than a network takes.
void check_preparation(const InputPreparation& preparation, const Shape& input);

}  // namespace freebits::models
