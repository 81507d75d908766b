// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "search/train/training_state.hpp"

namespace freebits::cli {

/// The command line of `freebits train`: what was not given is empty.
struct TrainArguments {
  std::string network;
  std::optional<std::string> dataset;
  std::optional<unsigned> pad_to, resolution, epochs, batch, threads, freeze_batch_norm, crop_pad;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> optimizer, on_corrupt;
  std::optional<float> learning_rate, threshold_rate, weight_decay, momentum, label_smoothing, ema;
  std::optional<double> warmup;
  bool augment = false, no_augment = false, no_flip = false;
  std::string checkpoint, out, quantize, threshold_rule, integer, json, log;
  bool resume = false, overwrite = false, evaluate_only = false;
};

void add_options(CLI::App& command, TrainArguments& arguments);

/// A new run: what was given, and defaults for the rest. `from`: the run whose checkpoint it starts
/// from, and whose data set it takes by default, or null; with quantizers, defaults are those of
/// fine-tuning then.
[[nodiscard]] search::TrainOptions train_options(const TrainArguments& arguments,
                                                 const search::TrainingState* from);

/// Throws Error where something is given that only training looks at.
void expect_evaluation_only(const TrainArguments& arguments);

/// Throws Error when something that decides a run's bits is given with another value than
/// the run to resume has. The number of threads may be another, and the data set may lie elsewhere:
/// reopen_data() looks into it.
void expect_same_options(const TrainArguments& arguments, const search::TrainOptions& run,
                         const std::string& file);

}  // namespace freebits::cli
