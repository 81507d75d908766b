// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/stop.hpp"
#include "search/data/dataset.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

/// Sets the thresholds of all activations, which must exist, from what the float network, batch
/// norm on each batch's statistics, makes of `images` images, or as many as there are. Running
/// statistics stay. Throws Error for fewer than a batch, and like estimate_statistics()
/// Interrupted.
void calibrate_activations(TrainingState& state, std::shared_ptr<const Dataset> train,
                           Threads& threads, std::size_t images, StopToken stop = {});

/// Running statistics of batch norm anew, the mean of the batches' in the network with its
/// quantizers: narrow weights shift means and variances. For networks with at least one batch norm
/// and widths below 8.
void estimate_statistics(TrainingState& state, std::shared_ptr<const Dataset> train,
                         Threads& threads, std::size_t images, StopToken stop = {});

}  // namespace freebits::search
