// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/stop.hpp"
#include "search/data/dataset.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

/// Training images that thresholds are calibrated on where nothing else is said.
inline constexpr std::size_t kCalibrationImages = 1024;

/// "w4a8": weights of all layers at 4 bits, tensors at 8; or the name of a bits.json
/// (models/files/README.md). Input and output have 8 bits. Throws Error for what is neither.
[[nodiscard]] Quantization parse_quantization(const std::string& text, const models::Graph& graph);

/// Makes a float state, trained, one with fake quantizers, for fine-tuning or as it is
/// (post-training quantization):
///  - multipliers are made positive (integer_export.hpp);
///  - weight thresholds: the largest weight of the channel at 8 bits, the one with the least
///  squared
///    error below;
///  - activation thresholds: the least squared error on histograms of `images` training images that
///    the float network is run on, batch norm on each batch's statistics;
///  - running statistics of batch norm, where something has less than 8 bits: anew, with
///  quantizers.
/// The optimiser starts anew; running average and best values are dropped. All three throw
/// Interrupted when `stop` is requested; then the state is good for nothing.
void quantize(TrainingState& state, Quantization quantization, std::shared_ptr<const Dataset> train,
              Threads& threads, std::size_t images = kCalibrationImages, StopToken stop = {});

/// The part of quantize() before the running statistics: those of the float network stay.
void calibrate(TrainingState& state, Quantization quantization,
               const std::shared_ptr<const Dataset>& train, Threads& threads,
               std::size_t images = kCalibrationImages, StopToken stop = {});

/// The other part: where something has less than 8 bits, running statistics of batch norm anew,
/// from 4 · `images` images.
void adapt_statistics(TrainingState& state, const std::shared_ptr<const Dataset>& train,
                      Threads& threads, std::size_t images = kCalibrationImages,
                      StopToken stop = {});

}  // namespace freebits::search
