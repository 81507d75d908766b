// SPDX-License-Identifier: Apache-2.0
// `freebits bench kernels`: MAC per cycle of every kernel, and where the cycles went.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/exec_report.hpp"
#include "cli/common/kernel_shapes.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/target_options.hpp"
#include "profiler/layer/kernel_bench.hpp"

namespace freebits::cli {
namespace {

struct KernelOptions {
  std::string target = "flexv";
  std::optional<unsigned> cores;
  std::vector<std::string> levels, kernels;
  std::string shapes;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string json;
};

std::vector<isa::Level> chosen_levels(const KernelOptions& options, isa::Level highest) {
  std::vector<isa::Level> levels;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(highest); ++i) {
    const std::string name(isa::kLevelNames[i]);
    if (options.levels.empty() || std::ranges::find(options.levels, name) != options.levels.end()) {
      levels.push_back(static_cast<isa::Level>(i));
    }
  }
  for (const std::string& name : options.levels) {
    const auto level = isa::parse_level(name);
    if (level && *level <= highest) continue;
    throw Error(fmt::format(
        "--levels {}: expected some of {}", name,
        fmt::join(std::span(isa::kLevelNames).first(static_cast<std::size_t>(highest) + 1), ", ")));
  }
  return levels;
}

std::vector<profiler::KernelShape> chosen_shapes(const KernelOptions& options) {
  std::vector<profiler::KernelShape> shapes =
      options.shapes.empty() ? profiler::standard_shapes() : read_kernel_shapes(options.shapes);
  const auto& names = profiler::kernel_names();
  for (const std::string& name : options.kernels) {
    if (std::ranges::find(names, name) != names.end()) continue;
    throw Error(fmt::format("--kernels {}: expected some of {}", name, fmt::join(names, ", ")));
  }
  std::erase_if(shapes, [&](const profiler::KernelShape& shape) {
    return !options.kernels.empty() &&
           std::ranges::find(options.kernels, shape.kernel) == options.kernels.end();
  });
  return shapes;
}

nlohmann::ordered_json result_json(const profiler::KernelResult& r) {
  std::uint64_t instructions = 0, cycles = 0;
  tb::Accounting sum{};
  for (const tb::CoreStatistics& core : r.cores) {
    instructions += core.instructions;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += core.accounting[i];
      cycles += core.accounting[i];
    }
  }
  return {{"kernel", r.what.shape.kernel},
          {"level", isa::name(r.what.level)},
          {"cores", r.cores.size()},
          {"in", models::name(r.what.in)},
          {"weights", models::name(r.what.weights)},
          {"out", models::name(r.what.out)},
          {"shape", r.what.shape.text()},
          {"macs", r.macs},
          {"cycles", r.cycles},
          {"macs_per_cycle", r.macs_per_cycle()},
          {"roof_macs_per_cycle", r.roof_macs_per_cycle},
          {"bit_exact", r.bit_exact},
          {"all_cores", core_json(instructions, cycles, sum)}};
}

int bench_kernels(const KernelOptions& options) {
  check_writable(options.json);
  if (options.jobs == 0) throw Error("--jobs 0: must be at least 1");
  const tb::Target target = chosen_target(options.target, options.cores, "");
  const auto cases =
      profiler::standard_cases(chosen_shapes(options), chosen_levels(options, target.level));
  const auto start = std::chrono::steady_clock::now();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  bool exact = true;
  fmt::print(stderr, "{:<17}{:<27}{:<9}{:>3}{:>4}{:>12}{:>11}{:>8}\n", "kernel", "shape", "level",
             "in", "w", "cycles", "MAC/cycle", "% roof");
  profiler::measure_kernels(
      target, cases, options.jobs,
      [&](const profiler::KernelResult& r) {
        fmt::print(stderr, "{:<17}{:<27}{:<9}{:>3}{:>4}{:>12}{:>11.2f}{:>8.1f}{}\n",
                   r.what.shape.kernel, r.what.shape.text(), isa::name(r.what.level),
                   models::name(r.what.in), models::name(r.what.weights), r.cycles,
                   r.macs_per_cycle(), 100 * r.macs_per_cycle() / r.roof_macs_per_cycle,
                   r.bit_exact ? "" : "  differs from the integer model");
        exact &= r.bit_exact;
        results.push_back(result_json(r));
        return true;
      },
      stop_token());
  if (!options.json.empty()) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto json = document("bench.kernels", target_json(target), 1, seconds);
    json["results"] = results;
    write_document(json, options.json);
  }
  return exact ? kSuccess : kFailed;
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<KernelOptions>();
  command.add_option("--target", options->target, "a target's name or file")->capture_default_str();
  command.add_option("--cores", options->cores, "1, 2, 4, 8 or 16 cores instead of the target's");
  command
      .add_option("--levels", options->levels, "ISA levels, such as xpulpv2,flexv (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--kernels", options->kernels,
                  "kernels, such as conv3x3,pointwise (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option(
      "--shapes", options->shapes,
      "JSON file of shapes, such as tests/bench/mobilenet_tiles.json (default: the tables of "
      "docs/results/kernels.md)");
  command.add_option("--jobs", options->jobs, "clusters simulated at a time")
      ->capture_default_str();
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.callback([options, &invocation] { invocation.exit_code = bench_kernels(*options); });
}

}  // namespace

const Command& bench_kernels_command() {
  static const Command command{.name = "kernels",
                               .description = "MAC per cycle of the kernels, operands in L1",
                               .define = define};
  return command;
}

}  // namespace freebits::cli
