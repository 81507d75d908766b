// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/fine_tuner.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/fnv.hpp"
#include "base/sealed.hpp"
#include "models/files/network_file.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/integer_accuracy.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/quantize.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;
using models::BitWidths;

constexpr FileKind kFile{.name = "freebits.accuracy", .version = 1};

/// Written last: who finds it finds the rest.
fs::path accuracy_file(const Tuned& tuned) { return tuned.bits.parent_path() / "accuracy"; }

Tuned named(const fs::path& folder, const BitWidths& widths) {
  Tuned tuned;
  tuned.id = configuration_id(widths);
  tuned.widths = widths;
  const fs::path own = folder / tuned.id;
  tuned.bits = own / "bits.json";
  tuned.checkpoint = own / "training.ckpt";
  tuned.network = own / "network.fb";
  return tuned;
}

void write_accuracy(const Tuned& tuned) {
  write_sealed(accuracy_file(tuned), kFile,
               {{"failure", tuned.failure},
                {"post_training", tuned.post_training},
                {"float_quantized", tuned.float_quantized},
                {"integer", tuned.integer},
                {"limits", tuned.limits}});
}

void read_accuracy(Tuned& tuned) {
  const Json json = read_sealed(accuracy_file(tuned), kFile);
  Fields fields(json, accuracy_file(tuned).string());
  tuned.failure = fields.text("failure");
  tuned.post_training = fields.real("post_training", 0, 1);
  tuned.float_quantized = fields.real("float_quantized", 0, 1);
  tuned.integer = fields.real("integer", 0, 1);
  if (fields.has("limits")) tuned.limits = fields.text("limits");  // not in files of before
  fields.finish();
}

void expect_same_widths(const Tuned& tuned, const models::Graph& graph) {
  if (models::read_bit_widths(tuned.bits, graph) == tuned.widths) return;
  throw Error(fmt::format("{}: other widths than its folder's name says; remove the folder",
                          tuned.bits.string()));
}

}  // namespace

std::string configuration_id(const BitWidths& widths) {
  Fnv1a hash;
  for (const unsigned bits : widths.weights) hash.add(bits);
  for (const unsigned bits : widths.activations) hash.add(bits + 16);
  return fmt::format("{:016x}", hash.value()).substr(4);
}

FineTuner::FineTuner(const QuantizerBank& bank, TrainOptions options,
                     std::shared_ptr<const Dataset> train, std::shared_ptr<const Dataset> test,
                     Threads& threads, fs::path folder)
    : bank_(&bank),
      options_(std::move(options)),
      train_(std::move(train)),
      test_(std::move(test)),
      threads_(&threads),
      folder_(std::move(folder)) {}

bool FineTuner::is_finished(const BitWidths& widths) const {
  return fs::exists(accuracy_file(named(folder_, widths)));
}

std::optional<TrainingState> FineTuner::train(Tuned& tuned, const TrainEvents& events,
                                              StopToken stop) {
  const bool resumes = fs::exists(tuned.checkpoint);
  TrainingState state =
      resumes ? read_checkpoint(tuned.checkpoint) : bank_->at(tuned.widths, options_);
  if (!resumes) adapt_statistics(state, train_, *threads_, kCalibrationImages, stop);
  Trainer trainer(state, train_, test_, *threads_, tuned.checkpoint);
  if (!state.initial_accuracy && !trainer.measure_start(stop)) return std::nullopt;
  try {
    if (trainer.run(events, stop) == TrainOutcome::Interrupted) return std::nullopt;
  } catch (const NumericalError& error) {
    tuned.failure = error.what();
  }
  return state;
}

std::optional<Tuned> FineTuner::tune(const BitWidths& widths, const TrainEvents& events,
                                     StopToken stop) {
  Tuned tuned = named(folder_, widths);
  try {
    if (is_finished(widths)) {
      expect_same_widths(tuned, bank_->graph());
      read_accuracy(tuned);
      return tuned;
    }
    fs::create_directories(tuned.bits.parent_path());
    models::write_bit_widths(tuned.bits, bank_->graph(), widths);
    const auto trained = train(tuned, events, stop);
    if (!trained) return std::nullopt;
    TrainingState best = new_training(trained->graph, trained->options);
    start_from(best, *trained, false);
    std::vector<models::LimitedLayer> limited;
    models::IntegerNetwork network = models::make_integer_network(
        best.graph, widths, integer_parameters(best.graph, best.parameters, *best.quantization),
        &limited);
    network.preparation = test_->preparation();
    models::write_integer_network(tuned.network, network);
    const auto integer = integer_accuracy(network, *test_, *threads_, stop);
    if (!integer) return std::nullopt;
    tuned.post_training = trained->initial_accuracy.value_or(0);
    tuned.float_quantized = trained->best_accuracy.value_or(0);
    tuned.integer = *integer;
    tuned.limits = models::summary(limited);
    write_accuracy(tuned);
    return tuned;
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("{}: {}", error.path1().string(), error.code().message()));
  }
}

}  // namespace freebits::search
