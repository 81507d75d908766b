// SPDX-License-Identifier: Apache-2.0
// `freebits bench simulation`: how fast the cluster is simulated.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/host_instructions.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/target_options.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::cli {
namespace {

namespace fs = std::filesystem;

struct BenchOptions {
  std::vector<std::string> programs;
  std::string target = "flexv";
  std::vector<unsigned> cores = {1, 2, 4, 8, 16};
  std::string json;
  double seconds = 2;
  bool host_instructions = false;
};

struct Measured {
  double cycles_per_second = 0;
  std::optional<double> host_instructions_per_cycle;
};

/// The program that ships for a workload: sw/bench_<workload>_<level>.elf in the build tree, of the
/// highest level the target has.
std::string shipped_program(const std::string& workload, isa::Level level) {
  for (std::size_t i = static_cast<std::size_t>(level) + 1; i-- > 0;) {
    const fs::path path =
        software_folder() / fmt::format("bench_{}_{}.elf", workload, isa::kLevelNames[i]);
    if (fs::exists(path)) return path.string();
  }
  throw Error(fmt::format(
      "{}/bench_{}_*.elf: none built up to level {}; build the target 'programs' or name ELF files",
      software_folder().string(), workload, isa::name(level)));
}

/// Runs the program again and again until `seconds` have passed: the fastest run counts.
Measured measure(const tb::Elf& elf, const tb::Target& target, const BenchOptions& options) {
  tb::ClusterOptions how;
  how.on_build = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  tb::Cluster cluster(target, how);
  tb::ClusterRunOptions run;
  run.interrupted = &interrupted;
  HostInstructions counter;
  Measured best;
  for (double total = 0; total < options.seconds && !interrupted;) {
    cluster.load(elf);
    counter.start();
    const auto start = std::chrono::steady_clock::now();
    const tb::ClusterRunResult result = tb::run_cluster(elf, cluster, run);
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto instructions = counter.stop();
    if (interrupted) break;
    if (result.outcome != tb::Outcome::Exited || result.exit_code != 0) {
      throw Error(fmt::format(
          "{}: the program must run to its end and exit with 0 ({} cores); run it with freebits "
          "exec first",
          elf.path.string(), cluster.cores()));
    }
    total += elapsed;
    const auto cycles = static_cast<double>(result.cycles);
    best.cycles_per_second = std::max(best.cycles_per_second, cycles / elapsed);
    if (instructions) {
      const double rate = static_cast<double>(*instructions) / cycles;
      best.host_instructions_per_cycle =
          std::min(best.host_instructions_per_cycle.value_or(rate), rate);
    }
  }
  return best;
}

int bench_simulation(const BenchOptions& options) {
  if (!(options.seconds > 0)) {
    throw Error(fmt::format("--seconds {}: must be more than 0", options.seconds));
  }
  check_writable(options.json);
  struct Workload {
    std::string name;
    tb::Elf elf;
  };
  std::vector<Workload> workloads;
  const tb::Target named = chosen_target(options.target, std::nullopt, "");
  for (const char* name : {"idle", "compute", "dma"}) {
    if (options.programs.empty()) {
      workloads.push_back({name, tb::read_elf(shipped_program(name, named.level))});
    }
  }
  for (const std::string& program : options.programs) {
    workloads.push_back({fs::path(program).stem().string(), tb::read_elf(program)});
  }
  if (options.host_instructions && !HostInstructions().available()) {
    fmt::print(stderr,
               "host instructions: not available: this machine shows no hardware counters\n");
  }
  const auto start = std::chrono::steady_clock::now();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const Workload& workload : workloads) {
    for (const unsigned cores : options.cores) {
      const tb::Target target = chosen_target(options.target, cores, "");
      const Measured m = measure(workload.elf, target, options);
      if (interrupted) return kInterrupted;
      if (results.empty()) {
        fmt::print(stderr, "{:<20}{:>6}{:>20}{:>26}\n", "workload", "cores", "thousand cycles/s",
                   options.host_instructions ? "host instructions/cycle" : "");
      }
      const auto& host = m.host_instructions_per_cycle;
      fmt::print(stderr, "{:<20}{:>6}{:>20.1f}{:>26}\n", workload.name, cores,
                 m.cycles_per_second / 1e3,
                 !options.host_instructions ? ""
                 : host                     ? fmt::format("{:.0f}", *host)
                                            : "not available");
      results.push_back({{"workload", workload.name},
                         {"cores", cores},
                         {"simulated_cycles_per_second", m.cycles_per_second}});
      if (options.host_instructions) {
        results.back()["host_instructions_per_cycle"] =
            host ? nlohmann::ordered_json(*host) : nlohmann::ordered_json(nullptr);
      }
    }
  }
  if (!options.json.empty()) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto json = document("bench.simulation", target_json(named), 0, seconds);
    json["results"] = results;
    write_document(json, options.json);
  }
  return kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<BenchOptions>();
  command.add_option("ELF", options->programs,
                     "programs that run to their end; default: idle, compute, dma");
  command.add_option("--target", options->target, "a target's name or file")->capture_default_str();
  command.add_option("--cores", options->cores, "numbers of cores, such as 1,8")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command.add_option("--seconds", options->seconds, "measure each program for so long")
      ->capture_default_str();
  command.add_flag("--host-instructions", options->host_instructions,
                   "also count host instructions per simulated cycle (hardware counters)");
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.callback([options, &invocation] { invocation.exit_code = bench_simulation(*options); });
}

}  // namespace

const Command& bench_simulation_command() {
  static const Command command{
      .name = "simulation",
      .description = "Simulated cycles per second of the Verilated cluster",
      .define = define};
  return command;
}

}  // namespace freebits::cli
