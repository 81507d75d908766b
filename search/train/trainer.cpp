// SPDX-License-Identifier: Apache-2.0
#include "search/train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/lsq_scales.hpp"
#include "search/train/workers.hpp"

namespace freebits::search {
namespace {

/// Losses of networks that learn stay near or below that of guessing; this many times it, on
/// average over about kLossMemory steps, is no hill that a run comes back from.
constexpr double kExplosion = 8;
constexpr double kLossMemory = 16;

const TrainingState& checked(const TrainingState& state, const Dataset& train) {
  const TrainOptions& o = state.options;
  const auto expect = [](bool good, const char* what, auto got, const char* expected) {
    if (!good) throw Error(fmt::format("{}: {}, expected {}", what, got, expected));
  };
  expect(o.batch >= 1, "batch", o.batch, "at least 1");
  expect(o.optimizer.learning_rate > 0, "learning rate", o.optimizer.learning_rate, "above 0");
  expect(o.optimizer.weight_decay >= 0, "weight decay", o.optimizer.weight_decay, "0 or more");
  expect(o.average >= 0 && o.average < 1, "running average", o.average, "0 to less than 1");
  expect(o.label_smoothing >= 0 && o.label_smoothing < 1, "label smoothing", o.label_smoothing,
         "0 to less than 1");
  expect(o.warmup >= 0, "warm-up", o.warmup, "0 epochs or more");
  expect(o.epochs == 0 || o.warmup < o.epochs, "warm-up", o.warmup, "less than all epochs");
  expect(o.freeze_batch_norm <= o.epochs, "epochs with frozen batch norm", o.freeze_batch_norm,
         "at most all epochs");
  expect_fits(train, state.graph);
  const Position& p = state.position;
  const std::uint64_t batches = train.size() / o.batch, step = p.epoch * batches + p.batch;
  if (p.batch > batches || p.step != step) {
    throw Error(
        fmt::format("position: step {} and batch {}, expected {} and at most {}: {} epochs of the "
                    "data set's {} batches are finished",
                    p.step, p.batch, p.epoch * batches + std::min(p.batch, batches), batches,
                    p.epoch, batches));
  }
  return state;
}

LoaderOptions loader_options(const TrainingState& state, const Threads& threads) {
  const TrainOptions& o = state.options;
  return {.batch = o.batch,
          .shuffle = true,
          .drop_last = true,
          .augmentation = o.augmentation,
          .normalization = input_normalization(state.graph.input.channels),
          .seed = o.seed,
          .workers = workers_for(o.dataset, threads)};
}

ThresholdRule rule_of(const TrainingState& state) {
  return state.quantization && !state.quantization->gated ? state.quantization->rule
                                                          : ThresholdRule::Tqt;
}

}  // namespace

void Statistics::keep(const Parameters& parameters) {
  values_.clear();
  for (const Parameter& p : parameters) {
    if (p.role == Role::Statistic)
      values_.insert(values_.end(), p.value.span().begin(), p.value.span().end());
  }
}

void Statistics::put_back(Parameters& parameters) const {
  const float* from = values_.data();
  for (Parameter& p : parameters) {
    if (p.role != Role::Statistic) continue;
    std::copy_n(from, p.value.size(), p.value.data());
    from += p.value.size();
  }
}

Trainer::Trainer(TrainingState& state, std::shared_ptr<const Dataset> train,
                 std::shared_ptr<const Dataset> test, Threads& threads,
                 std::filesystem::path checkpoint, TrainHooks hooks)
    : state_(&state),
      threads_(&threads),
      checkpoint_(std::move(checkpoint)),
      loader_(train, loader_options(checked(state, *train), threads)),
      schedule_{.warmup = static_cast<std::uint64_t>(
                    std::llround(state.options.warmup * static_cast<double>(loader_.batches()))),
                .steps = std::max<std::uint64_t>(1, state.options.epochs * loader_.batches())},
      optimizer_(state.parameters, state.optimizer, state.options.optimizer, rule_of(state),
                 threads),
      hooks_(std::move(hooks)) {
  state.preparation = train->preparation();
  if (test) evaluator_.emplace(state, std::move(test), threads);
  if (state.options.average > 0 && state.average.empty()) state.average.take(state.parameters);
  if (rule_of(state) == ThresholdRule::Lsq) scale_lsq_gradients(optimizer_, state);
}

bool Trainer::measure_start(StopToken stop) {
  const auto evaluation = evaluate(stop);
  if (evaluation && evaluator_) state_->initial_accuracy = evaluation->accuracy;
  return evaluation.has_value();
}

TrainOutcome Trainer::run(const TrainEvents& events, StopToken stop) {
  save();
  while (state_->position.epoch < state_->options.epochs) {
    if (!train_epoch(events, stop) || !finish_epoch(events, stop)) {
      save();
      return TrainOutcome::Interrupted;
    }
    save();
  }
  return TrainOutcome::Finished;
}

void Trainer::save() {
  if (!checkpoint_.empty()) write_checkpoint(checkpoint_, *state_);
}

/// The one of the epoch under way.
Network& Trainer::network() {
  const TrainOptions& o = state_->options;
  const bool frozen = state_->position.epoch + o.freeze_batch_norm >= o.epochs;
  if (!network_ || frozen != network_frozen_) {
    network_ = nullptr;  // its memory first
    network_ = std::make_unique<Network>(
        *threads_, Mode::Train, state_->graph, state_->parameters,
        NetworkOptions{.images = o.batch,
                       .label_smoothing = o.label_smoothing,
                       .freeze_batch_norm = frozen,
                       .quantization = state_->quantization ? &*state_->quantization : nullptr});
    network_frozen_ = frozen;
  }
  return *network_;
}

/// False when it was stopped.
bool Trainer::train_epoch(const TrainEvents& events, StopToken stop) {
  Position& position = state_->position;
  first_batch_ = position.batch;
  epoch_start_ = Clock::now();
  if (position.batch == loader_.batches()) return true;  // stopped in the evaluation
  (void)network();
  loader_.start(position.epoch, position.batch);
  try {
    while (const auto batch = loader_.next(stop)) {
      stop.check();
      const double loss = train_batch(*batch, stop);
      report(events, loss);
    }
  } catch (const Interrupted&) {
    return false;
  }
  return true;
}

/// The loss. Throws Interrupted with the state as it was before the step.
double Trainer::train_batch(const Batch& batch, StopToken stop) {
  Position& position = state_->position;
  Network& net = *network_;
  net.tape().feed(net.input(), batch.images);
  net.loss().feed(batch.labels);
  statistics_.keep(state_->parameters);
  const double level = loss_level_;
  double loss = 0;
  try {
    net.tape().forward(position.step, stop);
    loss = net.loss().loss();
    expect_good_loss(loss);
    net.tape().backward(stop);
  } catch (const Interrupted&) {
    statistics_.put_back(state_->parameters);
    loss_level_ = level;
    throw;
  }
  if (hooks_.gradients) hooks_.gradients();
  expect_good_gradients();
  optimizer_.step(factor(position.step));
  ++position.step;
  if (state_->options.average > 0) {
    // The first steps' values are soon forgotten.
    const auto steps = static_cast<float>(position.step);
    const float keep = std::min(state_->options.average, (1 + steps) / (10 + steps));
    state_->average.average(state_->parameters, keep);
  }
  ++position.batch;
  position.loss_sum += loss;
  position.correct += net.loss().correct();
  return loss;
}

void Trainer::expect_good_loss(double loss) {
  if (!std::isfinite(loss)) {
    expect_finite(false);
    fail("the loss is not finite");
  }
  const double guess = std::log(static_cast<double>(network_->logits().shape().channels));
  loss_level_ =
      loss_level_ == 0 ? std::min(loss, guess) : loss_level_ + (loss - loss_level_) / kLossMemory;
  if (loss_level_ > kExplosion * guess) {
    fail(
        fmt::format("the loss explodes: {:.3g} on average, {:.3g} is guessing; a lower learning "
                    "rate or a longer warm-up would be right",
                    loss_level_, guess));
  }
}

void Trainer::expect_good_gradients() {
  if (optimizer_.gradients_finite()) return;
  expect_finite(true);
  fail("a gradient is not finite");
}

/// Fails with what the tape can tell.
void Trainer::expect_finite(bool after_backward) const {
  try {
    network_->tape().check_finite(after_backward);
  } catch (const NumericalError& error) {
    fail(error.what());
  }
}

void Trainer::fail(const std::string& what) const {
  const Position& p = state_->position;
  const std::string last =
      checkpoint_.empty() ? "there is no checkpoint"
                          : fmt::format("the last good checkpoint is {}, of the end of epoch {}",
                                        checkpoint_.string(), p.epoch);
  throw NumericalError(
      fmt::format("{}; step {}, epoch {}; {}", what, p.step + 1, p.epoch + 1, last));
}

float Trainer::factor(std::uint64_t step) const {
  return hooks_.factor ? hooks_.factor(step, schedule_.steps) : schedule_.factor(step);
}

std::optional<Evaluation> Trainer::evaluate(StopToken stop) {
  if (!evaluator_) return Evaluation{};
  const auto start = Clock::now();
  const bool averaged = state_->options.average > 0;
  if (averaged) state_->average.exchange(state_->parameters);
  std::optional<Evaluation> evaluation;
  try {
    evaluation = evaluator_->run(stop);
  } catch (const NumericalError& error) {
    fail(error.what());
  }
  if (evaluation && (!state_->best_accuracy || evaluation->accuracy >= *state_->best_accuracy)) {
    state_->best_accuracy = evaluation->accuracy;
    state_->best.take(state_->parameters);
  }
  if (averaged) state_->average.exchange(state_->parameters);
  evaluation_seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
  return evaluation;
}

/// False when it was stopped.
bool Trainer::finish_epoch(const TrainEvents& events, StopToken stop) {
  Position& position = state_->position;
  const double speed = images_per_second();
  const auto evaluation = evaluate(stop);
  if (!evaluation) return false;
  const auto batches = static_cast<double>(position.batch);
  ++position.epoch;
  const EpochResult result{
      .epoch = position.epoch,
      .train_loss = position.loss_sum / batches,
      .train_accuracy = static_cast<double>(position.correct) / (batches * state_->options.batch),
      .test_loss = evaluation->loss,
      .test_accuracy = evaluation->accuracy,
      .images_per_second = speed};
  state_->epochs.push_back(result);
  position.batch = position.correct = 0;
  position.loss_sum = 0;
  if (events.epoch) events.epoch(result);
  return true;
}

double Trainer::images_per_second() const {
  const double seconds = std::chrono::duration<double>(Clock::now() - epoch_start_).count();
  const auto done = static_cast<double>(state_->position.batch - first_batch_);
  return seconds > 0 ? done * state_->options.batch / seconds : 0;
}

void Trainer::report(const TrainEvents& events, double loss) const {
  if (!events.step) return;
  const Position& p = state_->position;
  const double speed = images_per_second();
  const double steps_left = static_cast<double>(schedule_.steps - p.step);
  const double epochs_left = state_->options.epochs - p.epoch;
  events.step({.epoch = p.epoch + 1,
               .batch = p.batch,
               .batches = loader_.batches(),
               .loss = loss,
               .mean_loss = p.loss_sum / static_cast<double>(p.batch),
               .learning_rate = static_cast<double>(state_->options.optimizer.learning_rate *
                                                    factor(p.step - 1)),
               .images_per_second = speed,
               .seconds_left = steps_left * state_->options.batch / std::max(speed, 1e-9) +
                               epochs_left * evaluation_seconds_});
}

}  // namespace freebits::search
