// SPDX-License-Identifier: Apache-2.0
// Options of `freebits train`, their defaults, and whether they fit a run that is resumed.
#include "cli/train/train_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "cli/common/thread_option.hpp"
#include "cli/common/training_data.hpp"
#include "models/builders/builders.hpp"
#include "search/data/open.hpp"

namespace freebits::cli {
namespace {

using search::TrainOptions;

search::OptimizerKind kind_of(const std::string& name) {
  const auto* found = std::ranges::find(search::kOptimizerNames, name);
  if (found == search::kOptimizerNames.end())
    throw Error(fmt::format("--optimizer {}: expected sgd or adam", name));
  return static_cast<search::OptimizerKind>(found - search::kOptimizerNames.begin());
}

template <class To, class From>
void set(To& to, const std::optional<From>& from) {
  if (from) to = *from;
}

/// Where nothing is said: what does well on the data sets of search/data/README.md.
TrainOptions defaults(search::OptimizerKind kind, bool fine_tuning) {
  constexpr float kSgdRate = 0.1F, kAdamRate = 2e-3F, kFineTuning = 0.1F, kAdamDecay = 0.01F;
  TrainOptions o;
  o.threads = default_threads();
  o.optimizer.kind = kind;
  o.optimizer.learning_rate = kind == search::OptimizerKind::Adam ? kAdamRate : kSgdRate;
  if (kind == search::OptimizerKind::Adam) o.optimizer.weight_decay = kAdamDecay;
  if (!fine_tuning) return o;
  o.epochs = 2;
  o.warmup = 0;
  o.optimizer.learning_rate *= kFineTuning;
  return o;
}

search::Augmentation augmentation_of(const TrainArguments& a, const std::string& dataset) {
  if (a.no_augment) return {};
  search::Augmentation augmentation =
      a.augment ? search::asked_augmentation(dataset) : search::default_augmentation(dataset);
  set(augmentation.pad, a.crop_pad);
  if (a.no_flip) augmentation.flip = false;
  return augmentation;
}

/// "idx:DIR and folder:DIR": the data sets whose usual augmentation is such.
std::string kinds_where(bool (*is_such)(const search::Augmentation&)) {
  std::vector<std::string> specs;
  for (const search::DatasetKind* const kind : search::dataset_kinds()) {
    if (is_such(kind->augmentation)) specs.push_back(kind->spec());
  }
  return fmt::format("{}", fmt::join(specs, " and "));
}

}  // namespace

void add_options(CLI::App& command, TrainArguments& a) {
  command
      .add_option("NETWORK", a.network,
                  fmt::format("{}, or a checkpoint: its network and where to start",
                              models::network_specs()))
      ->required();
  command.add_option("--dataset", a.dataset,
                     fmt::format("{}; default synthetic", search::dataset_help()));
  add_picture_options(command, a.pad_to, a.resolution, a.on_corrupt);
  command.add_option("--epochs", a.epochs, "default 20; 2 from a checkpoint with --quantize");
  command.add_option("--batch", a.batch, "images a step (default 128)");
  command.add_option("--learning-rate", a.learning_rate,
                     "highest, after warm-up (default 0.1, Adam 0.002; a tenth from a checkpoint "
                     "with --quantize)");
  command.add_option("--threshold-rate", a.threshold_rate,
                     "of quantizers' thresholds, octaves (default 0.001)");
  command.add_option("--optimizer", a.optimizer, "sgd (Nesterov momentum; default) or adam");
  command.add_option("--momentum", a.momentum, "of sgd (default 0.9)");
  command.add_option("--weight-decay", a.weight_decay, "default 0.001, Adam 0.01");
  command.add_option("--warmup", a.warmup,
                     "epochs (default 1; 0 from a checkpoint with --quantize)");
  command.add_option("--label-smoothing", a.label_smoothing, "0 (default) to less than 1");
  command.add_option("--ema", a.ema,
                     "evaluate and keep a running average of all parameters with this decay, such "
                     "as 0.999");
  command.add_option("--freeze-batch-norm", a.freeze_batch_norm,
                     "the last so many epochs normalise with running statistics (default 0)");
  command.add_option("--threads", a.threads, "default: as many as there are");
  command.add_option("--seed", a.seed, "of starting values, order and augmentation (default 1)");
  auto* const augment =
      command.add_flag("--augment", a.augment,
                       fmt::format("crop and flip at random (default but for {})",
                                   kinds_where([](const search::Augmentation& usual) {
                                     return !usual.view && !usual.flip && usual.pad == 0;
                                   })));
  auto* const as_they_are =
      command.add_flag("--no-augment", a.no_augment, "images as they are")->excludes(augment);
  command
      .add_option(
          "--crop-pad", a.crop_pad,
          fmt::format("black pixels around an image before its size is cut out at random "
                      "(default {}; 0 for {})",
                      search::kCropAndFlip.pad, kinds_where([](const search::Augmentation& usual) {
                        return usual.pad == 0;
                      })))
      ->excludes(as_they_are);
  command.add_flag("--no-flip", a.no_flip, "left and right stay")->excludes(as_they_are);
  command.add_option("--checkpoint", a.checkpoint, "start from the best values of this checkpoint");
  command.add_option("--quantize", a.quantize,
                     "fake quantizers: w4a8 (bits of weights, of activations: 8, 4, 2) or a "
                     "bits.json");
  command.add_option("--threshold-rule", a.threshold_rule,
                     "how thresholds learn: tqt (default), lsq, pact");
  command.add_option("--out", a.out, "checkpoint to write (default freebits-NETWORK.ckpt)");
  auto* const resume =
      command.add_flag("--resume", a.resume, "continue the run whose checkpoint --out names");
  command.add_flag("--overwrite", a.overwrite, "begin anew though --out exists")->excludes(resume);
  command.add_flag("--evaluate-only", a.evaluate_only,
                   "only the accuracy of --checkpoint on the test images");
  command.add_option("--integer", a.integer,
                     "with --evaluate-only: write the quantized network in integers to this file, "
                     "for freebits run, and its accuracy");
  command.add_option("--json", a.json,
                     "write the result as JSON to this file (- for standard output)");
  command.add_option("--log", a.log, "write a line of JSON every 100 steps and every epoch");
}

TrainOptions train_options(const TrainArguments& a, const search::TrainingState* from) {
  const search::OptimizerKind kind = kind_of(a.optimizer.value_or("sgd"));
  if (kind == search::OptimizerKind::Adam && a.momentum)
    throw Error("--momentum: of sgd only, expected without --optimizer adam");
  const bool fine_tuning = from != nullptr && (!a.quantize.empty() || from->quantization);
  TrainOptions o = defaults(kind, fine_tuning);
  if (from != nullptr && !a.dataset) {
    o.dataset = from->options.dataset;
    o.pad_to = from->options.pad_to;
    o.on_corrupt = from->options.on_corrupt;
  }
  set(o.dataset, a.dataset);
  if (a.pad_to) o.pad_to = a.pad_to;
  if (a.on_corrupt) o.on_corrupt = on_corrupt_of(*a.on_corrupt);
  set(o.epochs, a.epochs);
  set(o.batch, a.batch);
  set(o.threads, a.threads);
  set(o.seed, a.seed);
  set(o.warmup, a.warmup);
  if (!a.warmup && o.epochs <= 1) o.warmup = 0;  // it would be all there is
  set(o.label_smoothing, a.label_smoothing);
  set(o.average, a.ema);
  set(o.freeze_batch_norm, a.freeze_batch_norm);
  set(o.optimizer.learning_rate, a.learning_rate);
  set(o.optimizer.threshold_rate, a.threshold_rate);
  set(o.optimizer.weight_decay, a.weight_decay);
  set(o.optimizer.momentum, a.momentum);
  o.augmentation = augmentation_of(a, o.dataset);
  return o;
}

void expect_evaluation_only(const TrainArguments& a) {
  for (const auto& [option, given] : {std::pair{"--out", !a.out.empty()},
                                      {"--resume", a.resume},
                                      {"--overwrite", a.overwrite},
                                      {"--epochs", a.epochs.has_value()},
                                      {"--learning-rate", a.learning_rate.has_value()},
                                      {"--threshold-rate", a.threshold_rate.has_value()},
                                      {"--optimizer", a.optimizer.has_value()},
                                      {"--momentum", a.momentum.has_value()},
                                      {"--weight-decay", a.weight_decay.has_value()},
                                      {"--warmup", a.warmup.has_value()},
                                      {"--label-smoothing", a.label_smoothing.has_value()},
                                      {"--ema", a.ema.has_value()},
                                      {"--freeze-batch-norm", a.freeze_batch_norm.has_value()},
                                      {"--augment", a.augment},
                                      {"--no-augment", a.no_augment},
                                      {"--crop-pad", a.crop_pad.has_value()},
                                      {"--no-flip", a.no_flip},
                                      {"--log", !a.log.empty()}}) {
    if (given)
      throw Error(
          fmt::format("{}: expected without --evaluate-only, which trains nothing", option));
  }
}

void expect_same_options(const TrainArguments& a, const TrainOptions& run,
                         const std::string& file) {
  const auto expect = [&](const char* option, const auto& given, const auto& is) {
    if (!given || *given == is) return;
    throw Error(fmt::format(
        "{} {}: the run in {} has {}; leave it out to resume, or --overwrite to begin anew", option,
        *given, file, is));
  };
  expect("--pad-to", a.pad_to, run.pad_to.value_or(0));
  expect("--on-corrupt", a.on_corrupt, std::string(name_of(run.on_corrupt)));
  expect("--epochs", a.epochs, run.epochs);
  expect("--batch", a.batch, run.batch);
  expect("--seed", a.seed, run.seed);
  expect("--optimizer", a.optimizer,
         std::string(search::kOptimizerNames[static_cast<std::size_t>(run.optimizer.kind)]));
  expect("--learning-rate", a.learning_rate, run.optimizer.learning_rate);
  expect("--threshold-rate", a.threshold_rate, run.optimizer.threshold_rate);
  expect("--weight-decay", a.weight_decay, run.optimizer.weight_decay);
  expect("--momentum", a.momentum, run.optimizer.momentum);
  expect("--warmup", a.warmup, run.warmup);
  expect("--label-smoothing", a.label_smoothing, run.label_smoothing);
  expect("--ema", a.ema, run.average);
  expect("--freeze-batch-norm", a.freeze_batch_norm, run.freeze_batch_norm);
  expect("--crop-pad", a.crop_pad, run.augmentation.pad);
  for (const auto& [option, given] : {std::pair{"--augment", a.augment},
                                      {"--no-augment", a.no_augment},
                                      {"--no-flip", a.no_flip},
                                      {"--checkpoint", !a.checkpoint.empty()},
                                      {"--quantize", !a.quantize.empty()},
                                      {"--threshold-rule", !a.threshold_rule.empty()}}) {
    if (given)
      throw Error(
          fmt::format("{}: expected without --resume, which takes it from {}", option, file));
  }
}

}  // namespace freebits::cli
