// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "base/stop.hpp"
#include "search/data/dataset.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

/// A trained float network with quantizers calibrated once for every width: configurations differ
/// in which of them they take.
class QuantizerBank {
 public:
  /// Calibrates on `images` training images. Keeps a reference to `trained`, whose best values
  /// count. Throws Error for one that is quantized already, Interrupted
  /// when `stop` is requested.
  QuantizerBank(const TrainingState& trained, const std::shared_ptr<const Dataset>& train,
                Threads& threads, std::size_t images = 1024, StopToken stop = {});

  [[nodiscard]] const models::Graph& graph() const { return trained_->graph; }
  [[nodiscard]] const TrainOptions& options() const { return trained_->options; }

  /// The network at these widths, thresholds calibrated, statistics of batch norm the float
  /// network's: for fine-tuning with `options`.
  [[nodiscard]] TrainingState at(const models::BitWidths& widths, TrainOptions options) const;

 private:
  const TrainingState* trained_;
  std::array<TrainingState, 3> uniform_;  ///< by place in kBitWidths
};

}  // namespace freebits::search
