// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/stop.hpp"
#include "search/methods/gates.hpp"
#include "search/methods/price.hpp"
#include "search/train/trainer.hpp"

namespace freebits::search {

/// Search of widths by gradients (docs/method.md section 3): weights, thresholds and gates learn
/// together from loss = cross-entropy + price_weight · price.
struct GateSearchOptions {
  GatedForm form = GatedForm::Independent;
  double price_weight = 0.03;  ///< mu: more of it, fewer bits
  unsigned epochs = 2, batch = 128;
  float learning_rate = 5e-3F;       ///< of weights, SGD with momentum 0.9
  float threshold_rate = 1e-3F;      ///< of thresholds, in octaves
  std::optional<float> gate_rate{};  ///< of gates, Adam; none: default_gate_rate()
  unsigned calibration_bits = 8;     ///< that thresholds, one for all grids, start at the best of
  std::size_t calibration_images = 1024;
  std::uint64_t seed = 1;
};

/// Learning rates in step `step` of `steps` are multiplied with this: 1, then 0.1 from 4/11, 0.01
/// from 7/11.
[[nodiscard]] float gate_search_factor(std::uint64_t step, std::uint64_t steps);

/// A rate at which a gate that is pushed one way all the time goes three times from where it starts
/// to where it closes. Adam's steps are at most the rate: with few of them, the authors' 1e-4 would
/// move nothing.
[[nodiscard]] float default_gate_rate(GatedForm form, std::uint64_t steps);

/// A search that begins: the best values of `trained`, a float network, with gated quantizers, all
/// gates open, thresholds calibrated. Data set, augmentation and
/// threads are those of `trained`. Throws Error for options or data that do not fit.
[[nodiscard]] TrainingState begin_gate_search(const TrainingState& trained, const Price& price,
                                              const GateSearchOptions& options,
                                              const std::shared_ptr<const Dataset>& train,
                                              Threads& threads, StopToken stop = {});

struct GateEpoch {
  EpochResult
      training;      ///< cross-entropy and accuracy with the gates drawn; tests: 0, there are none
  double price = 0;  ///< at the end of the epoch, expected
  std::vector<double> weight_bits, activation_bits;  ///< expected, by layer and TensorId
  models::BitWidths widths;                          ///< if it ended here
};

/// Each may be empty.
struct GateSearchEvents {
  std::function<void(const StepReport&)> step;
  std::function<void(const GateEpoch&)> epoch;
};

class GateSearch {
 public:
  /// Keeps references to state, price and threads. `checkpoint` as a Trainer's: a search that
  /// stopped, killed or asked to, goes on with the state read from it and ends with the same bits.
  /// Throws Error for a state that is no search, or a search for another price.
  GateSearch(TrainingState& state, const Price& price, std::shared_ptr<const Dataset> train,
             Threads& threads, std::filesystem::path checkpoint);

  /// As Trainer::run().
  TrainOutcome run(const GateSearchEvents& events, StopToken stop);

  /// As the gates are now.
  [[nodiscard]] models::BitWidths widths() const { return gates_.widths(); }
  [[nodiscard]] NetworkOdds odds() const { return gates_.odds(); }

 private:
  void add_price();

  TrainingState* state_;
  const Price* price_;
  Gates gates_;
  NetworkOdds by_odds_;
  Trainer trainer_;
};

}  // namespace freebits::search
