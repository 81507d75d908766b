// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "freebits/search/data/dataset.hpp"
#include "freebits/search/train/training_state.hpp"

namespace freebits::search {

/// Sets the thresholds of all activations, which must exist, from what the float network makes of
/// `images` images, or as many as there are. Throws Error for fewer than a batch.
void calibrate_activations(TrainingState& state, std::shared_ptr<const Dataset> train,
                           Threads& threads, std::size_t images);

}  // namespace freebits::search
