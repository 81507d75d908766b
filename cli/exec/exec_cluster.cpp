// SPDX-License-Identifier: Apache-2.0
// `freebits exec` on a cluster.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/exec_options.hpp"
#include "cli/common/exec_report.hpp"
#include "cli/common/progress.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/target_options.hpp"
#include "cli/exec/exec_observers.hpp"
#include "cli/exec/trace_window.hpp"
#include "tb/core/fst_file.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::cli {
namespace {

void check_options(const ExecOptions& options) {
  const auto refuse = [](bool given, const char* option) {
    if (given) {
      throw Error(
          fmt::format("{}: only with the bare core; add --target core or leave it out", option));
    }
  };
  refuse(!options.memory.empty(), "--memory");
  refuse(options.stall_probability.has_value(), "--stall-probability");
  refuse(options.seed.has_value(), "--seed (of --stall-probability)");
  if (options.trace.empty() && !(options.trace_from.empty() && options.trace_to.empty())) {
    throw Error("--trace-from, --trace-to: say which part of --trace FILE; add it");
  }
}

/// What lies outside the cluster's memories may be meant for the bare core.
void load(const tb::Elf& elf, tb::Cluster& cluster, const ExecOptions& options) {
  try {
    cluster.load(elf);
  } catch (const Error& error) {
    if (options.cores || !fits_bare_core(elf)) throw;
    throw Error(fmt::format("{}; --target {} (one core with ideal memory) has memory there",
                            error.what(), kBareCore));
  }
}

std::uint64_t total_instructions(const tb::ClusterRunResult& result) {
  std::uint64_t sum = 0;
  for (const tb::CoreStatistics& core : result.cores) sum += core.instructions;
  return sum;
}

nlohmann::ordered_json result_document(const ExecOptions& options, const tb::Target& target,
                                       const tb::ClusterRunResult& result, double seconds) {
  nlohmann::ordered_json json = document("exec", target_json(target), 0, seconds);
  add_outcome(json, options, result.outcome, result.message, result.exit_code);
  json["cycles"] = result.cycles;
  json["milliseconds"] = static_cast<double>(result.cycles) / target.clock_mhz / 1e3;
  json["cores"] = nlohmann::ordered_json::array();
  for (const tb::CoreStatistics& core : result.cores) {
    json["cores"].push_back(core_json(core.instructions, result.cycles, core.accounting));
  }
  json["checked"] = options.check;
  json["simulated_cycles_per_second"] = per_second(result.cycles, seconds);
  return json;
}

void print_summary(const ExecOptions& options, const tb::Target& target,
                   const tb::ClusterRunResult& result, double seconds) {
  const double cycles = static_cast<double>(std::max<std::uint64_t>(1, result.cycles));
  const std::uint64_t instructions = total_instructions(result);
  fmt::print(stderr,
             "{} cycles, {} instructions, {:.2f} per cycle ({}, {} {}, {}{}), {:.0f} thousand "
             "cycles/s\n",
             result.cycles, instructions, static_cast<double>(instructions) / cycles, target.name,
             result.cores.size(), result.cores.size() == 1 ? "core" : "cores",
             isa::name(target.level), options.check ? ", checked against the model" : "",
             per_second(result.cycles, seconds) / 1e3);
  if (!options.verbose) return;
  std::vector<tb::Accounting> accounting;
  for (std::size_t i = 0; i < result.cores.size(); ++i) {
    const tb::CoreStatistics& core = result.cores[i];
    fmt::print(stderr, "  core {:<3}{:>12} instructions, CPI {:.3f}\n", i, core.instructions,
               cycles / static_cast<double>(std::max<std::uint64_t>(1, core.instructions)));
    accounting.push_back(core.accounting);
  }
  print_accounting(accounting, result.cycles);
}

}  // namespace

int exec_cluster(const ExecOptions& options) {
  check_options(options);
  const tb::Target target = chosen_target(options.target.empty() ? kDefaultTarget : options.target,
                                          options.cores, options.isa);
  const tb::Elf elf = tb::read_elf(options.elf);

  tb::ClusterRunOptions run;
  run.max_cycles = options.max_cycles;
  run.interrupted = &interrupted;
  run.explain = true;
  std::optional<Progress> progress;  // from the first cycle on, after a geometry has been built
  run.on_progress = [&progress](std::uint64_t done) {
    if (!progress) progress.emplace("cycles", 0);
    progress->update(done);
    (void)stop_token().requested();  // noticed: what follows is the end
  };

  tb::ClusterOptions how;
  how.on_build = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  if (!options.trace.empty()) {
    const TraceWindow window = trace_window(options, elf, target, run);
    if (interrupted) return kInterrupted;
    progress.reset();
    how.visibility = tb::Visibility::Traced;
    how.trace = options.trace;
    allow_time_to_save();
    how.trace_from = window.from;
    how.trace_to = window.to;
  } else if (ExecObservers::needed(options) || tb::uses_semihosting(elf)) {
    how.visibility = tb::Visibility::Observed;
  }
  run.semihosting = how.visibility != tb::Visibility::Plain;

  std::FILE* console = options.console();
  run.console = [console](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), console);
  };
  auto cluster = std::make_unique<tb::Cluster>(target, how);
  load(elf, *cluster, options);
  ExecObservers observers(options, elf, *cluster);
  run.observers = observers.all();

  const auto start = std::chrono::steady_clock::now();
  tb::ClusterRunResult result = tb::run_cluster(elf, *cluster, run);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  flush_console(console);
  (void)stop_token().requested();  // noticed: what follows is the end

  observers.finish(result);
  if (result.outcome == tb::Outcome::Exited) {
    write_signature(options, elf, tb::HostMemoryOf<tb::Cluster>(*cluster));
  }
  cluster.reset();  // closes the waveforms
  if (!options.trace.empty()) tb::check_fst(options.trace);
  if (!options.json.empty()) {
    write_document(result_document(options, target, result, seconds), options.json);
  }
  print_failure(elf, result.outcome, result.message, result.exit_code);
  print_summary(options, target, result, seconds);
  return exit_code_of(result.outcome, result.exit_code);
}

}  // namespace freebits::cli
