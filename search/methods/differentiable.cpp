// SPDX-License-Identifier: Apache-2.0
#include "search/methods/differentiable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "search/train/quantize.hpp"

namespace freebits::search {
namespace {

// The authors' recipe in elevenths of a run.
constexpr std::uint64_t kParts = 11, kSecond = 4, kThird = 7;
constexpr float kSecondFactor = 0.1F, kThirdFactor = 0.01F;

void expect_good(const GateSearchOptions& o, const Dataset& train) {
  const auto expect = [](bool good, const char* what, auto got, const char* expected) {
    if (!good) throw Error(fmt::format("{}: {}, expected {}", what, got, expected));
  };
  expect(o.epochs >= 1, "epochs", o.epochs, "at least 1");
  expect(o.batch >= 1, "batch", o.batch, "at least 1");
  expect(o.batch <= train.size(), "batch", o.batch, "at most the images of the data set");
  expect(o.price_weight >= 0 && std::isfinite(o.price_weight), "price weight", o.price_weight,
         "0 or more");
  expect(!o.gate_rate || *o.gate_rate > 0, "rate of gates", o.gate_rate.value_or(0), "above 0");
  expect(std::ranges::find(models::kBitWidths, o.calibration_bits) != models::kBitWidths.end(),
         "bits to calibrate for", o.calibration_bits, "8, 4 or 2");
}

/// The search's own options over those of the float run.
TrainOptions train_options(const TrainOptions& trained, const Price& price,
                           const GateSearchOptions& o, const Dataset& train,
                           const Threads& threads) {
  constexpr float kMomentum = 0.9F, kDecay = 5e-4F;  // what its prices were tried with
  TrainOptions options;
  options.dataset = trained.dataset;
  options.content = trained.content;
  options.pad_to = trained.pad_to;
  options.on_corrupt = trained.on_corrupt;
  options.augmentation = trained.augmentation;
  options.label_smoothing = trained.label_smoothing;
  options.epochs = o.epochs;
  options.batch = o.batch;
  options.threads = threads.count();
  options.seed = o.seed;
  options.warmup = 0;
  options.optimizer = {.kind = OptimizerKind::Sgd,
                       .learning_rate = o.learning_rate,
                       .threshold_rate = o.threshold_rate,
                       .gate_rate = o.gate_rate.value_or(
                           default_gate_rate(o.form, o.epochs * (train.size() / o.batch))),
                       .weight_decay = kDecay,
                       .momentum = kMomentum,
                       .nesterov = false};
  options.price = price.name();
  options.price_weight = o.price_weight;
  return options;
}

GatedForm form_of(const TrainingState& state, const Price& price) {
  if (!state.quantization || !state.quantization->gated)
    throw Error(state.graph.name + ": no gated quantizers, expected a search");
  if (state.options.price != price.name()) {
    throw Error(fmt::format("{}: a search for the price '{}', expected '{}'", state.graph.name,
                            state.options.price, price.name()));
  }
  return *state.quantization->gated;
}

std::vector<double> bits_of(const std::vector<WidthOdds>& odds) {
  std::vector<double> bits;
  std::ranges::transform(odds, std::back_inserter(bits), expected_bits);
  return bits;
}

}  // namespace

float gate_search_factor(std::uint64_t step, std::uint64_t steps) {
  if (step * kParts < steps * kSecond) return 1;
  return step * kParts < steps * kThird ? kSecondFactor : kThirdFactor;
}

float default_gate_rate(GatedForm form, std::uint64_t steps) {
  constexpr float kTimes = 3;
  // 4 + 3 · 0.1 + 4 · 0.01 elevenths.
  constexpr float kAtFullRate =
      (kSecond + (kThird - kSecond) * kSecondFactor + (kParts - kThird) * kThirdFactor) / kParts;
  const float start = form == GatedForm::Independent ? 2 : 6;  // create_parameters()
  const GateShape shape = gate_shape(form);
  constexpr float kOpen = 0.66F;  // P(z > 0) where is_open() ends
  const float closes =
      std::log(kOpen / (1 - kOpen)) + shape.temperature * std::log(-shape.gamma / shape.zeta);
  return kTimes * (start - closes) /
         (kAtFullRate * static_cast<float>(std::max<std::uint64_t>(1, steps)));
}

TrainingState begin_gate_search(const TrainingState& trained, const Price& price,
                                const GateSearchOptions& options,
                                const std::shared_ptr<const Dataset>& train, Threads& threads,
                                StopToken stop) {
  expect_good(options, *train);
  TrainingState state =
      new_training(trained.graph, train_options(trained.options, price, options, *train, threads));
  start_from(state, trained, true);
  Quantization q =
      uniform_quantization(state.graph, options.calibration_bits, options.calibration_bits);
  q.gated = options.form;
  q.seed = options.seed;
  quantize(state, std::move(q), train, threads, options.calibration_images, stop);
  Gates(state.graph, state.parameters, options.form).hold_output();
  return state;
}

GateSearch::GateSearch(TrainingState& state, const Price& price,
                       std::shared_ptr<const Dataset> train, Threads& threads,
                       std::filesystem::path checkpoint)
    : state_(&state),
      price_(&price),
      gates_(state.graph, state.parameters, form_of(state, price)),
      by_odds_(gates_.odds()),
      trainer_(state, std::move(train), nullptr, threads, std::move(checkpoint),
               {.factor = gate_search_factor, .gradients = [this] { add_price(); }}) {}

void GateSearch::add_price() {
  price_->value(gates_.odds(), by_odds_);
  gates_.add_gradient(by_odds_, state_->options.price_weight);
}

TrainOutcome GateSearch::run(const GateSearchEvents& events, StopToken stop) {
  const auto report = [&](const EpochResult& result) {
    if (!events.epoch) return;
    const NetworkOdds now = gates_.odds();
    NetworkOdds by_odds = now;
    events.epoch({.training = result,
                  .price = price_->value(now, by_odds),
                  .weight_bits = bits_of(now.weights),
                  .activation_bits = bits_of(now.activations),
                  .widths = gates_.widths()});
  };
  return trainer_.run({.step = events.step, .epoch = report}, stop);
}

}  // namespace freebits::search
