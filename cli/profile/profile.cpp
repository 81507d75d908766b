// SPDX-License-Identifier: Apache-2.0
// `freebits profile`: the latency of every layer of a network at every choice of widths, on a
// target's RTL.
#include "profiler/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/latency_options.hpp"
#include "cli/common/network_options.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/progress.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/target_options.hpp"
#include "cli/profile/profile_report.hpp"

namespace freebits::cli {
namespace {

struct ProfileCommand {
  std::string network, bits;  ///< none: all, or an integer network's own
  TargetOptions target;
  LatencyOptions latency{.fidelity = profiler::Fidelity::Full, .jobs = 0, .store = {}};
  std::string json;
};

/// Entries done, and how long the others will take.
class EntryProgress {
 public:
  void update(const profiler::ProfileProgress& p) {
    last_ = p;
    if (!line_.due()) return;
    const double share = static_cast<double>(p.work) / static_cast<double>(p.all_work);
    line_.show(fmt::format("{} of {} entries, {:.0f} %, {:.0f} s left", p.entries, p.all_entries,
                           100 * share, line_.seconds() * (1 - share) / share));
  }
  void clear() { line_.clear(); }
  [[nodiscard]] const profiler::ProfileProgress& last() const { return last_; }

 private:
  StatusLine line_;
  profiler::ProfileProgress last_;
};

/// What is to be measured.
struct Question {
  models::Graph graph;
  std::optional<models::BitWidths> widths;  ///< none: all
  std::string bits;                         ///< what they are called
};

Question question(const ProfileCommand& command) {
  auto [graph, own] = chosen_graph_and_widths(command.network);
  if (command.bits.empty() && own) return {std::move(graph), std::move(own), "its own"};
  if (command.bits.empty() || command.bits == "all") return {std::move(graph), {}, "all"};
  models::BitWidths widths = chosen_widths(command.bits, graph);
  return {std::move(graph), std::move(widths), command.bits};
}

struct Count {
  std::size_t entries = 0, simulated = 0;
};
Count count(const profiler::LatencyTable& table) {
  Count all;
  for (const auto& layer : table.layers) {
    all.entries += layer.size();
    all.simulated +=
        static_cast<std::size_t>(std::ranges::count_if(layer, &profiler::LatencyEntry::simulated));
  }
  return all;
}

nlohmann::ordered_json profile_json(const ProfileCommand& command, const Question& asked,
                                    const profiler::LatencyTable& table, const tb::Target& target,
                                    std::uint64_t total_cycles, double seconds) {
  auto json = document("profile", target_json(target), 0, seconds);
  json["network"] = asked.graph.name;
  json["bits"] = asked.bits;
  json["fidelity"] = profiler::name(command.latency.fidelity);
  json["layers"] = latencies_json(table, asked.graph);
  json["total_cycles"] = total_cycles;
  return json;
}

int profile_network(const ProfileCommand& command) {
  check_writable(command.json);
  const tb::Target target = chosen_target(command.target);
  const auto start = std::chrono::steady_clock::now();
  const Question asked = question(command);
  const auto& [graph, widths, bits] = asked;
  const auto wanted =
      widths ? profiler::latencies_of(graph, *widths) : profiler::all_latencies(graph);

  const auto say = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  profiler::LatencyStore store(command.latency.store_file(), say);
  EntryProgress progress;
  profiler::ProfileOptions options;
  options.fidelity = command.latency.fidelity;
  options.jobs = command.latency.jobs;
  options.store = &store;
  options.stop = stop_token();
  options.on_progress = [&](const profiler::ProfileProgress& p) { progress.update(p); };
  options.on_build = say;
  const profiler::LatencyTable table = profiler::profile(target, graph, wanted, options);
  progress.clear();

  const Count found = count(table);
  if (found.entries < wanted.size()) {
    fmt::print(stderr,
               "interrupted: {} of {} entries are there, {} of them new; all are kept in {}, the "
               "same command goes on\n",
               found.entries, wanted.size(), found.simulated, store.file().string());
    return kInterrupted;
  }
  print_latencies(table, graph, target);
  const std::uint64_t total_cycles =
      *total(table, graph, widths ? *widths : models::uniform(graph, 8), target);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print(stderr, "{} entries, {} simulated ({}), {:.1f} s; {} cycles at {} bits; {}\n",
             found.entries, found.simulated, profiler::name(command.latency.fidelity), seconds,
             total_cycles, widths ? bits : "8", store.file().string());
  if (!command.json.empty()) {
    write_document(profile_json(command, asked, table, target, total_cycles, seconds),
                   command.json);
  }
  return kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<ProfileCommand>();
  command
      .add_option("NETWORK", options->network,
                  "a built-in network, such as mobilenet_v1:width=0.25,resolution=96; or the file "
                  "of a graph or an integer network")
      ->required();
  add_target_options(command, options->target);
  command.add_option("--bits", options->bits,
                     "all, or the layers at these widths only: 8, 4, 2 or a file (bits.json); by "
                     "default all, of an integer network its own");
  add_latency_options(command, options->latency);
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.callback([options, &invocation] { invocation.exit_code = profile_network(*options); });
}

}  // namespace

const Command& profile_command() {
  static const Command command{
      .name = "profile",
      .description = "Measure the latency of every layer of a network at every choice of widths",
      .define = define};
  return command;
}

}  // namespace freebits::cli
