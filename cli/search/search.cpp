// SPDX-License-Identifier: Apache-2.0
// `freebits search`: the main job.
#include "search/pipeline/search.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/progress.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/target_options.hpp"
#include "cli/common/training_data.hpp"
#include "cli/report/report_page.hpp"
#include "cli/search/search_chips.hpp"
#include "cli/search/search_document.hpp"
#include "cli/search/search_options.hpp"
#include "search/pipeline/plan.hpp"
#include "search/train/checkpoint.hpp"

namespace freebits::cli {
namespace {

namespace fs = std::filesystem;

/// The checkpoint the search starts from, if any: --checkpoint, or the network where that is one.
std::optional<search::TrainingState> source_of(const std::string& network,
                                               search::SearchSettings& settings) {
  if (fs::is_regular_file(network)) {
    if (settings.checkpoint)
      throw Error(fmt::format("--checkpoint {}: expected none, as the network {} is one",
                              *settings.checkpoint, network));
    settings.checkpoint = network;
  }
  if (!settings.checkpoint) return std::nullopt;
  return search::read_checkpoint(*settings.checkpoint);
}

std::vector<tb::Target> chosen_targets(std::vector<std::string> names) {
  if (names.empty()) names = {"xpulpv2", "xpulpnn", "mixed"};
  std::vector<tb::Target> targets;
  for (const std::string& name : names) {
    tb::Target target = tb::load_target(name);
    for (const tb::Target& other : targets) {
      if (other.name == target.name)
        throw Error(fmt::format("--target {}: given twice", target.name));
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

/// Lines that stay, and one that does not; everything on standard error.
class Progression {
 public:
  void say(std::string_view line) {
    status_.clear();
    fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
  }
  void status(std::string_view line) {
    if (status_.due()) status_.show(std::string(line));
  }

 private:
  StatusLine status_;
};

void print_plan(const std::vector<search::PlannedStage>& plan) {
  double sum = 0;
  for (const search::PlannedStage& stage : plan) {
    sum += stage.seconds;
    fmt::print("{:<44}{:>8.0f} s   {}\n", stage.name, stage.seconds,
               stage.finished ? "finished" : stage.detail);
  }
  fmt::print(
      "{:<44}{:>8.0f} s   at this machine's present speed; at most: configurations that "
      "several methods find are tuned once\n",
      "all", sum);
}

void print_front(const search::SearchResult& result) {
  for (const search::ChipResult& chip : result.chips) {
    fmt::print("\n{}: accuracy and cycles of the networks that no other beats (float {:.2f} %)\n",
               chip.name, 100 * result.float_accuracy);
    for (const std::size_t i : chip.front) {
      const search::Candidate& c = chip.candidates[i];
      fmt::print("  {:<20}{:>8.2f} %{:>12} cycles{}\n", c.proposal.label,
                 100 * result.tuned[c.tuned].integer, c.cycles_measured.value_or(c.cycles_table),
                 chip.chosen == i ? "   <- to ship" : "");
    }
    if (!chip.chosen) fmt::print("  none is accurate and fast enough to ship\n");
  }
}

int run_search(const SearchArguments& a, const std::string& command) {
  const auto start = std::chrono::steady_clock::now();
  check_writable(a.json);
  search::SearchSettings settings = search_settings(a);
  const std::vector<tb::Target> targets = chosen_targets(a.targets);
  const auto source = source_of(a.network, settings);
  const PictureInput pictures = source ? picture_input(*source) : picture_input(a.network);
  const search::Data data =
      open_data(settings.train, with_resolution(pictures, a.resolution, settings.train.dataset));
  const models::Graph graph =
      fs::is_regular_file(a.network) ? source->graph : network_for(a.network, *data.train);

  Progression progress;
  const auto say = [&](std::string_view line) { progress.say(line); };
  const auto status = [&](std::string_view line) { progress.status(line); };
  profiler::LatencyStore store(a.latency.store_file(), say);
  const std::vector<search::Chip> chips = search_chips(
      targets, store,
      {.fidelity = a.latency.fidelity, .jobs = a.latency.jobs, .say = say, .status = status});
  if (a.dry_run) {
    print_plan(search::plan(graph, settings, chips, data, a.out, stop_token()));
    return kSuccess;
  }
  search::Threads threads(settings.train.threads);
  search::Search search(graph, settings, chips, data, threads, a.out,
                        {.say = say, .status = status});
  const bool finished = search.run(stop_token());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto json = search_document(search.result(), targets,
                                    {.command = command,
                                     .dataset = a.dataset,
                                     .seed = settings.train.seed,
                                     .threads = settings.train.threads,
                                     .seconds = seconds,
                                     .max_drop = settings.max_drop,
                                     .folder = a.out});
  const fs::path folder = a.out;
  write_document(json, (folder / "result.json").string());
  write_file(report_page(json), (folder / "report.html").string());
  if (!a.json.empty()) write_document(json, a.json);
  if (!finished) {
    progress.say(fmt::format("interrupted: {}; the same command continues", search.result().stage));
    return kInterrupted;
  }
  if (a.json != "-") print_front(search.result());
  progress.say(fmt::format("\n{}", (folder / "report.html").string()));
  return kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto arguments = std::make_shared<SearchArguments>();
  add_options(command, *arguments);
  command.callback([arguments, &invocation] {
    invocation.exit_code = run_search(*arguments, invocation.command_line);
  });
}

}  // namespace

const Command& search_command() {
  static const Command command{
      .name = "search",
      .description =
          "The main job: the bit-widths that are fastest on a chip at no loss of accuracy",
      .define = define};
  return command;
}

}  // namespace freebits::cli
