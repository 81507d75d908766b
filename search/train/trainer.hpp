// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/stop.hpp"
#include "search/data/loader.hpp"
#include "search/train/evaluator.hpp"
#include "search/train/schedule.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

struct StepReport {
  unsigned epoch = 0;            ///< under way, from 1
  std::uint64_t batch = 0;       ///< done in it
  std::uint64_t batches = 0;     ///< in an epoch
  double loss = 0;               ///< of this batch
  double mean_loss = 0;          ///< of the epoch so far
  double learning_rate = 0;      ///< of weights, in this step
  double images_per_second = 0;  ///< of the epoch so far
  double seconds_left = 0;       ///< of training, at this pace; evaluations included once seen
};

/// Called in the thread that trains; each may be empty.
struct TrainEvents {
  std::function<void(const StepReport&)> step;
  std::function<void(const EpochResult&)> epoch;
};

/// Functions that a search adds to training; each may be empty.
struct TrainHooks {
  /// The factor of the learning rates in step `step` of `steps`, instead of that of the schedule.
  std::function<float(std::uint64_t step, std::uint64_t steps)> factor;
  /// Called after a backward pass and before the optimiser: adds to the gradients of parameters.
  std::function<void()> gradients;
};

enum class TrainOutcome : std::uint8_t { Finished, Interrupted };

/// Running statistics of batch norm: what a forward pass changes before the step is whole.
class Statistics {
 public:
  void keep(const Parameters& parameters);
  void put_back(Parameters& parameters) const;

 private:
  std::vector<float> values_;
};

/// Trains a state to its last epoch: gradients, finite checks, optimiser, running average,
/// evaluation after every epoch, checkpoints.
class Trainer {
 public:
  /// Keeps references to state and threads. `checkpoint`: the file that is written before the first
  /// step, after every epoch and on a stop; empty: none. Without `test`, nothing is evaluated:
  /// there are no best values. Throws Error for options or data that do not fit.
  Trainer(TrainingState& state, std::shared_ptr<const Dataset> train,
          std::shared_ptr<const Dataset> test, Threads& threads, std::filesystem::path checkpoint,
          TrainHooks hooks = {});

  /// Evaluates the starting values, before the first step of a run that starts from trained ones.
  /// They count as the best so far. Returns false if it was stopped.
  bool measure_start(StopToken stop);

  /// Continues from the state. When `stop` is requested, returns soon and saves the state after the
  /// last whole step. A continued run ends with the same bits as one that was not stopped.
  ///
  /// Throws NumericalError, one line with op or parameter, step, epoch and the last good
  /// checkpoint, when a loss or gradient is not finite or the loss explodes: before the optimiser
  /// has used it. What write_checkpoint() and the data sets throw.
  TrainOutcome run(const TrainEvents& events, StopToken stop);

  /// Steps in an epoch.
  [[nodiscard]] std::uint64_t batches() const { return loader_.batches(); }

 private:
  using Clock = std::chrono::steady_clock;

  void save();
  Network& network();
  bool train_epoch(const TrainEvents& events, StopToken stop);
  bool finish_epoch(const TrainEvents& events, StopToken stop);
  double train_batch(const Batch& batch, StopToken stop);
  void expect_good_loss(double loss);
  void expect_good_gradients();
  void expect_finite(bool after_backward) const;
  [[noreturn]] void fail(const std::string& what) const;
  [[nodiscard]] float factor(std::uint64_t step) const;
  std::optional<Evaluation> evaluate(StopToken stop);
  void report(const TrainEvents& events, double loss) const;
  [[nodiscard]] double images_per_second() const;

  TrainingState* state_;
  Threads* threads_;
  std::filesystem::path checkpoint_;
  Loader loader_;
  Schedule schedule_;
  Optimizer optimizer_;
  std::optional<Evaluator> evaluator_;
  TrainHooks hooks_;
  Statistics statistics_;  ///< before the step under way
  std::unique_ptr<Network> network_;
  bool network_frozen_ = false;    ///< normalises with running statistics
  double loss_level_ = 0;          ///< running mean of losses, 0 before the first
  std::uint64_t first_batch_ = 0;  ///< of the epoch under way, that this object did
  Clock::time_point epoch_start_;
  double evaluation_seconds_ = 0;  ///< of the last one
};

}  // namespace freebits::search
