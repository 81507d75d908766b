// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>

#include "commands.hpp"
#include "document.hpp"
#include "freebits/tb/elf.hpp"
#include "freebits/tb/error.hpp"
#include "freebits/tb/runner.hpp"

namespace freebits::cli {
namespace {

struct BenchOptions {
  std::vector<std::string> programs;
  std::string json;
  double seconds = 2;
};

/// Runs the program again and again until `seconds` have passed; simulated cycles per second of the
/// fastest run.
double measure(const tb::Elf& elf, double seconds) {
  double best = 0;
  double total = 0;
  while (total < seconds && !interrupted) {
    tb::SystemMemory memory;
    memory.add_region(0x80000000, 1U << 24);
    tb::RunOptions run;
    run.console = [](std::string_view) {};
    const auto start = std::chrono::steady_clock::now();
    const tb::RunResult result = tb::run_program(elf, memory, run);
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (result.outcome != tb::Outcome::Exited || result.exit_code != 0) {
      throw tb::Error(fmt::format(
          "{}: the program must run to its end and exit with 0; run it with freebits exec first",
          elf.path.string()));
    }
    total += elapsed;
    best = std::max(best, static_cast<double>(result.cycles) / elapsed);
  }
  return best;
}

int bench_simulation(const BenchOptions& options) {
  check_writable(options.json);
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& program : options.programs) {
    const tb::Elf elf = tb::read_elf(program);
    const double rate = measure(elf, options.seconds);
    if (interrupted) return kInterrupted;
    fmt::print(stderr, "{:<32}{:>8.2f} million cycles/s\n", elf.path.filename().string(),
               rate / 1e6);
    results.push_back({{"workload", elf.path.stem().string()},
                       {"cores", 1},
                       {"simulated_cycles_per_second", rate}});
  }
  if (!options.json.empty()) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto json = document("bench.simulation", {{"name", "core"}, {"isa", "flexv"}, {"cores", 1}}, 0,
                         seconds);
    json["results"] = results;
    write_document(json, options.json);
  }
  return kSuccess;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed");
  bench->require_subcommand(1);
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command =
      bench->add_subcommand("simulation", "Simulated cycles per second of the Verilated core");
  command
      ->add_option("ELF", options->programs,
                   "programs that run to their end, such as build/release/sw/*.elf")
      ->required();
  command->add_option("--seconds", options->seconds, "measure each program for so long")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--json", options->json,
                      "write the result as JSON to this file (- for standard output)");
  command->callback([options, &exit_code] { exit_code = bench_simulation(*options); });
}

}  // namespace freebits::cli
