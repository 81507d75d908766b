// SPDX-License-Identifier: Apache-2.0
// `freebits train`: a network, a data set, a checkpoint.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/output_lock.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/thread_option.hpp"
#include "cli/common/training_data.hpp"
#include "cli/train/train_options.hpp"
#include "cli/train/train_report.hpp"
#include "models/files/network_file.hpp"
#include "search/data/content.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/evaluator.hpp"
#include "search/train/integer_accuracy.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/quantize.hpp"
#include "search/train/same_graph.hpp"
#include "search/train/trainer.hpp"

namespace freebits::cli {
namespace {

using search::TrainingState;

bool is_file(const std::string& network) { return std::filesystem::is_regular_file(network); }

search::ThresholdRule rule_of(const std::string& name) {
  if (name.empty() || name == "tqt") return search::ThresholdRule::Tqt;
  if (name == "lsq") return search::ThresholdRule::Lsq;
  if (name == "pact") return search::ThresholdRule::Pact;
  throw Error(fmt::format("--threshold-rule {}: expected tqt, lsq or pact", name));
}

/// The file a run starts from: --checkpoint, or the network where that is one. Empty: none.
std::string source_of(const TrainArguments& a) {
  if (!is_file(a.network)) return a.checkpoint;
  if (!a.checkpoint.empty()) {
    throw Error(fmt::format("--checkpoint {}: expected none, as the network {} is one",
                            a.checkpoint, a.network));
  }
  return a.network;
}

struct Run {
  TrainingState state;
  search::Data data;
  bool from_checkpoint = false;
  std::size_t skipped_at_first = 0;  ///< damaged images that were found when the data were opened
};

std::size_t skipped(const search::Data& data) {
  return data.train->skipped() + data.test->skipped();
}

/// Of damage that shows only when an image is read; empty when there was none.
std::string met_damage(const Run& run) {
  const std::size_t met = skipped(run.data) - run.skipped_at_first;
  if (met == 0) return {};
  return fmt::format("{} more damaged image{} left out; others of the same class took their place",
                     met, met == 1 ? "" : "s");
}

/// A run from its beginning, up to calibrated quantizers.
Run new_run(const TrainArguments& a, std::optional<search::Threads>& threads) {
  std::optional<TrainingState> from;
  if (const std::string source = source_of(a); !source.empty())
    from = search::read_checkpoint(source);
  const search::TrainOptions options = train_options(a, from ? &*from : nullptr);
  (void)checked_threads(options.threads);
  if (options.batch == 0) throw Error("--batch 0: expected at least 1");
  Run run;
  const PictureInput pictures = from ? picture_input(*from) : picture_input(a.network);
  run.data = open_data(options, with_resolution(pictures, a.resolution, options.dataset));
  run.skipped_at_first = skipped(run.data);
  const search::Dataset& set = *run.data.train;
  models::Graph graph = is_file(a.network) ? from->graph : network_for(a.network, set);
  run.state = search::new_training(std::move(graph), options);
  run.from_checkpoint = from.has_value();
  if (from) search::start_from(run.state, *from, !a.quantize.empty());
  threads.emplace(options.threads);
  if (!a.quantize.empty()) {
    search::Quantization q = search::parse_quantization(a.quantize, run.state.graph);
    q.rule = rule_of(a.threshold_rule);
    search::quantize(run.state, std::move(q), run.data.train, *threads, search::kCalibrationImages,
                     stop_token());
  } else if (!a.threshold_rule.empty()) {
    throw Error("--threshold-rule: expected with --quantize only");
  }
  return run;
}

Run resumed_run(const TrainArguments& a, const std::string& file,
                std::optional<search::Threads>& threads) {
  if (!std::filesystem::exists(file)) {
    throw Error(
        fmt::format("{}: there is no such run to resume; leave out --resume to begin one", file));
  }
  Run run;
  run.state = search::read_checkpoint(file);
  expect_same_options(a, run.state.options, file);
  if (a.threads) run.state.options.threads = checked_threads(*a.threads);
  const PictureInput pictures = picture_input(run.state);
  expect_same_resolution(a.resolution, pictures, file);
  run.data = reopen_data(run.state.options, pictures, a.dataset, file);
  run.skipped_at_first = skipped(run.data);
  search::expect_same_graph(run.state.graph, is_file(a.network)
                                                 ? search::read_checkpoint(a.network).graph
                                                 : network_for(a.network, *run.data.train));
  threads.emplace(run.state.options.threads);
  return run;
}

std::string default_out(const TrainArguments& a) {
  if (!a.out.empty()) return a.out;
  if (is_file(a.network)) throw Error("--out: expected, as the network is a checkpoint");
  return fmt::format("freebits-{}.ckpt", a.network.substr(0, a.network.find(':')));
}

nlohmann::ordered_json optional(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

/// As in cli/README.md.
nlohmann::ordered_json train_document(const Run& run, const std::string& checkpoint, bool finished,
                                      double seconds) {
  const TrainingState& state = run.state;
  const search::TrainOptions& o = state.options;
  nlohmann::ordered_json json =
      document("train", {{"name", "host"}, {"threads", o.threads}}, o.seed, seconds);
  json["network"] = state.graph.name;
  json["dataset"] = o.dataset;
  json["skipped_images"] = skipped(run.data);
  json["finished"] = finished;
  json["quantized"] = state.quantization.has_value();
  if (state.quantization) {
    json["bits"] = {{"weights", state.quantization->widths.weights},
                    {"activations", state.quantization->widths.activations}};
  }
  json["epochs"] = nlohmann::ordered_json::array();
  for (const search::EpochResult& epoch : state.epochs) json["epochs"].push_back(epoch_json(epoch));
  json["initial_test_accuracy"] = optional(state.initial_accuracy);
  json["best_test_accuracy"] = optional(state.best_accuracy);
  json["checkpoint"] =
      checkpoint.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(checkpoint);
  return json;
}

struct IntegerResult {
  double accuracy = 0;
  std::vector<models::LimitedLayer> limited;
};

nlohmann::ordered_json limited_json(const std::vector<models::LimitedLayer>& limited) {
  auto json = nlohmann::ordered_json::array();
  for (const models::LimitedLayer& layer : limited) {
    for (const models::LimitedChannel& c : layer.channels)
      json.push_back({{"layer", layer.name},
                      {"channel", c.channel},
                      {"scale", c.scale},
                      {"computed_scale", c.computed},
                      {"error_steps", c.error}});
  }
  return json;
}

/// --integer: writes the network in integers and says how well it does; nothing when interrupted.
std::optional<IntegerResult> write_integer(const TrainArguments& a, Run& run,
                                           search::Threads& threads) {
  if (!run.state.quantization) {
    throw Error(
        fmt::format("--integer {}: expected a quantized network: --quantize, or a "
                    "checkpoint that is one",
                    a.integer));
  }
  try {
    IntegerResult result;
    const search::Quantization& quantization = *run.state.quantization;
    models::IntegerNetwork network = models::make_integer_network(
        run.state.graph, quantization.widths,
        search::integer_parameters(run.state.graph, run.state.parameters, quantization),
        &result.limited);
    network.preparation = run.data.test->preparation();
    models::write_integer_network(a.integer, network);
    const auto accuracy = search::integer_accuracy(network, *run.data.test, threads, stop_token());
    if (!accuracy) return std::nullopt;
    result.accuracy = *accuracy;
    return result;
  } catch (const Error& error) {
    throw Error(fmt::format("--integer {}: {}", a.integer, error.what()));
  }
}

int evaluate_only(const TrainArguments& a, double (*seconds)()) {
  if (source_of(a).empty())
    throw Error("--evaluate-only: expected --checkpoint FILE, or a checkpoint as the network");
  expect_evaluation_only(a);
  if (!a.integer.empty()) check_writable_regular(a.integer, 0);
  std::optional<search::Threads> threads;
  Run run = new_run(a, threads);
  run.state.options.epochs = 0;
  search::Evaluator evaluator(run.state, run.data.test, *threads);
  const auto evaluation = evaluator.run(stop_token());
  if (!evaluation) return kInterrupted;
  run.state.initial_accuracy = run.state.best_accuracy = evaluation->accuracy;
  if (const std::string met = met_damage(run); !met.empty()) fmt::print(stderr, "{}\n", met);
  if (a.json != "-")
    fmt::print("test accuracy {}, loss {:.4f}\n", percent(evaluation->accuracy), evaluation->loss);
  std::optional<IntegerResult> in_integers;
  if (!a.integer.empty()) {
    in_integers = write_integer(a, run, *threads);
    if (!in_integers) return kInterrupted;
    if (a.json != "-")
      fmt::print("in integers {}; {}\n", percent(in_integers->accuracy), a.integer);
    if (const std::string limits = models::summary(in_integers->limited); !limits.empty())
      fmt::print(stderr, "{}\n", limits);
  }
  if (a.json.empty()) return kSuccess;
  auto json = train_document(run, "", true, seconds());
  if (in_integers) {
    json["integer_test_accuracy"] = in_integers->accuracy;
    json["limited_channels"] = limited_json(in_integers->limited);
  }
  write_document(json, a.json);
  return kSuccess;
}

double seconds_since_start() {
  static const auto start = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int train(const TrainArguments& a) {
  (void)seconds_since_start();
  check_writable(a.json);
  check_writable(a.log);
  if (a.evaluate_only) return evaluate_only(a, seconds_since_start);
  if (!a.integer.empty()) throw Error("--integer: expected with --evaluate-only");
  const std::string out = default_out(a);
  check_writable_regular(out, 0);
  const FileLock lock = lock_output(out, "--out");
  if (!a.resume && !a.overwrite && std::filesystem::exists(out)) {
    throw Error(fmt::format(
        "{}: exists; --resume continues that run, --overwrite begins anew, --out names another",
        out));
  }
  std::optional<search::Threads> threads;
  Run run = a.resume ? resumed_run(a, out, threads) : new_run(a, threads);
  TrainingState& state = run.state;
  if (!a.resume) state.options.content = search::content_of(*run.data.train, *run.data.test);
  check_space(out, 2 * search::most_checkpoint_bytes(state));  // the old and the new one
  TrainReport report(a.log, a.resume, state.options.epochs, a.json == "-");
  search::Trainer trainer(state, run.data.train, run.data.test, *threads, out);
  if (run.from_checkpoint) {
    // Its result belongs to the run: without it there is none to resume yet.
    if (!trainer.measure_start(stop_token())) throw Interrupted{};
    report.say(fmt::format("start: test {}", percent(*state.initial_accuracy)));
  }
  const auto outcome = trainer.run(report.events(), stop_token());
  if (const std::string met = met_damage(run); !met.empty()) report.say(met);
  const bool finished = outcome == search::TrainOutcome::Finished;
  if (!finished) {
    report.say(fmt::format("interrupted in epoch {}; --resume continues from {}",
                           state.position.epoch + 1, out));
  } else if (state.best_accuracy) {
    report.say(
        fmt::format("best test accuracy {}; checkpoint {}", percent(*state.best_accuracy), out));
  }
  if (!a.json.empty())
    write_document(train_document(run, out, finished, seconds_since_start()), a.json);
  return finished ? kSuccess : kInterrupted;
}

void define(CLI::App& command, Invocation& invocation) {
  auto arguments = std::make_shared<TrainArguments>();
  add_options(command, *arguments);
  command.callback([arguments, &invocation] { invocation.exit_code = train(*arguments); });
}

}  // namespace

const Command& train_command() {
  static const Command command{.name = "train",
                               .description = "Train a network, with or without fake quantizers",
                               .define = define};
  return command;
}

}  // namespace freebits::cli
