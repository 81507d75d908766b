// SPDX-License-Identifier: Apache-2.0
// Options of `freebits search` and what they mean together.
#include "cli/search/search_options.hpp"

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

using search::MethodFacts;
using search::Start;

/// Which methods look at an option.
using Acts = bool (*)(const MethodFacts&);

std::vector<std::string_view> names_of(Acts acts) {
  std::vector<std::string_view> names;
  for (const search::Method* const method : search::all_methods()) {
    if (acts(method->facts())) names.push_back(method->facts().name);
  }
  return names;
}

/// For --help: "bop (…), published (…)", with what each is.
std::string described_methods() {
  std::vector<std::string> all;
  for (const search::Method* const method : search::all_methods()) {
    const MethodFacts& facts = method->facts();
    if (facts.is_baseline) continue;
    const std::string with =
        facts.with.empty() ? "" : fmt::format("; runs {} too", fmt::join(facts.with, " and "));
    all.push_back(fmt::format("{} ({}{})", facts.name, facts.description, with));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

void expect_all(const char* option, const std::vector<double>& values, double least, double most,
                const char* expected) {
  for (const double value : values) {
    if (!(value >= least && value <= most))
      throw Error(fmt::format("{} {}: expected {}", option, value, expected));
  }
}

void add_training(CLI::App& command, SearchArguments& a) {
  search::SearchSettings& s = a.settings;
  command.add_option("--dataset", a.dataset, search::dataset_help())->capture_default_str();
  add_picture_options(command, a.pad_to, a.resolution, a.on_corrupt);
  command.add_flag("--no-augment", a.no_augment, "images as they are");
  command.add_option("--checkpoint", a.checkpoint, "a trained float network: none is trained");
  command.add_option("--epochs", s.train.epochs, "of float training")->capture_default_str();
  command.add_option("--batch", s.train.batch, "images a step")->capture_default_str();
  command
      .add_option("--learning-rate", s.train.optimizer.learning_rate, "of float training, highest")
      ->capture_default_str();
  command.add_option("--weight-decay", s.train.optimizer.weight_decay, "of all training")
      ->capture_default_str();
  command.add_option("--fine-tuning-epochs", s.fine_tuning_epochs, "of each configuration")
      ->capture_default_str();
  command.add_option("--fine-tuning-rate", s.fine_tuning_rate, "its highest learning rate")
      ->capture_default_str();
  command.add_option("--threads", a.threads, "of training (default: as many as there are)");
  command.add_option("--seed", s.train.seed, "of everything random")->capture_default_str();
}

void add_methods(CLI::App& command, SearchArguments& a) {
  search::SearchSettings& s = a.settings;
  const Acts by_bops = [](const MethodFacts& m) { return m.start == Start::BopSearch; };
  const Acts by_latency = [](const MethodFacts& m) { return m.start == Start::LatencySearch; };
  const Acts by_gates = [](const MethodFacts& m) { return m.start != Start::None; };
  const Acts by_fractions = [](const MethodFacts& m) { return m.uses_fractions; };
  const Acts refines = [](const MethodFacts& m) { return m.refines; };
  const auto add = [&](Acts acts, const char* name, auto& value, const char* what) {
    const std::string help = fmt::format("{} ({})", what, fmt::join(names_of(acts), ", "));
    a.method_options.push_back(
        {command.add_option(name, value, help)->capture_default_str(), acts});
  };
  command.add_option("--method", a.methods,
                     fmt::format("{}; default: all, repeat for several", described_methods()));
  add(by_bops, "--price", s.bop_strengths,
      "strength of the BOP cost in a differentiable search; several: several configurations");
  add(by_latency, "--latency-price", s.latency_strengths, "strength of the latency cost");
  add(by_fractions, "--share", s.options.fractions,
      "fraction of the cycles between 8 bits and the fastest, to be saved");
  add(refines, "--refinements", s.options.refinements,
      "further fractions around the last that is accurate enough");
  add(by_gates, "--gate-epochs", s.gate_epochs, "epochs of each differentiable search");
  add(by_gates, "--gates", a.form, "form of the gated quantizers: independent or residual");
  command
      .add_option("--sensitivity-images", s.sensitivity_images,
                  "training images that a width's cost is measured on")
      ->capture_default_str();
  command
      .add_option("--baseline", s.options.baselines,
                  "widths of the uniform networks that are tuned to compare with; 8 among them")
      ->capture_default_str();
}

/// An option that no method of this search looks at would be without effect.
void expect_methods_of_options(const SearchArguments& a, const search::Methods& methods) {
  for (const auto& [option, acts] : a.method_options) {
    const auto is_one = [&, acts = acts](const search::Method* m) { return acts(m->facts()); };
    if (option->count() == 0 || std::ranges::any_of(methods, is_one)) continue;
    throw Error(fmt::format("{}: acts only with --method {}; leave it out, or add that method",
                            option->get_name(), fmt::join(names_of(acts), " or --method ")));
  }
}

void expect_baselines(const std::vector<unsigned>& widths) {
  for (const unsigned bits : widths) {
    if (std::ranges::find(models::kBitWidths, bits) == std::end(models::kBitWidths))
      throw Error(fmt::format("--baseline {}: expected 8, 4 or 2", bits));
  }
  if (std::ranges::find(widths, 8U) == widths.end())
    throw Error("--baseline: expected 8 among them, which everything is compared with");
}

}  // namespace

void add_options(CLI::App& command, SearchArguments& a) {
  command
      .add_option("NETWORK", a.network,
                  fmt::format("{}, or a float checkpoint", models::network_specs()))
      ->required();
  command.add_option("--target", a.targets,
                     "a target's name or file; repeat for several (default xpulpv2 xpulpnn mixed)");
  command.add_option("--out", a.out, "folder of results; a search found there is continued")
      ->required();
  add_training(command, a);
  add_methods(command, a);
  command
      .add_option("--max-drop", a.max_drop,
                  "points of accuracy below float that the configuration to ship may have")
      ->capture_default_str();
  command.add_option("--budget", a.settings.options.budget,
                     "ship the most accurate of at most so many cycles instead");
  add_latency_options(command, a.latency);
  command.add_flag("--dry-run", a.dry_run, "print the plan, with times, and do nothing");
  command.add_option("--json", a.json, "write result.json here, too (- for standard output)");
}

search::SearchSettings search_settings(const SearchArguments& a) {
  search::SearchSettings s = a.settings;
  s.train.dataset = a.dataset;
  s.train.pad_to = a.pad_to;
  if (a.on_corrupt) s.train.on_corrupt = on_corrupt_of(*a.on_corrupt);
  s.train.threads = checked_threads(a.threads.value_or(default_threads()));
  if (s.train.batch == 0) throw Error("--batch 0: expected at least 1");
  if (s.gate_epochs == 0) throw Error("--gate-epochs 0: expected at least 1");
  if (!a.no_augment) s.train.augmentation = search::default_augmentation(a.dataset);
  if (!a.checkpoint.empty()) s.checkpoint = a.checkpoint;
  if (!a.methods.empty()) s.methods = search::methods_named(a.methods);
  expect_methods_of_options(a, s.methods);
  expect_baselines(s.options.baselines);
  if (a.form != "independent" && a.form != "residual")
    throw Error(fmt::format("--gates {}: expected independent or residual", a.form));
  s.form = a.form == "residual" ? search::GatedForm::Residual : search::GatedForm::Independent;
  constexpr double kMost = 1e6, kPoints = 100;
  expect_all("--price", s.bop_strengths, 0, kMost, "0 or more");
  expect_all("--latency-price", s.latency_strengths, 0, kMost, "0 or more");
  expect_all("--share", s.options.fractions, 0, 1, "0 to 1");
  expect_all("--weight-decay", {s.train.optimizer.weight_decay}, 0, 1, "0 to 1");
  expect_all("--max-drop", {a.max_drop}, 0, kPoints, "0 to 100 points");
  s.max_drop = a.max_drop / kPoints;
  return s;
}

}  // namespace freebits::cli
