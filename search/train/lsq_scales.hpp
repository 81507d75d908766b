// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "search/train/training_state.hpp"

namespace freebits::search {

/// LSQ's factor of a step's gradient, 1 / sqrt(N · Qp): N values share the step, of an image for
/// activations; Qp is the largest integer (docs/method.md section 1).
void scale_lsq_gradients(Optimizer& optimizer, TrainingState& state);

}  // namespace freebits::search
