// SPDX-License-Identifier: Apache-2.0
#include "cli/search/search_chips.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "profiler/network/network_runner.hpp"
#include "profiler/store/hashes.hpp"

namespace freebits::cli {
namespace {

std::optional<profiler::LatencyTable> table_of(const tb::Target& target,
                                               profiler::LatencyStore& store,
                                               const ChipOptions& options,
                                               const models::Graph& graph, StopToken stop) {
  const auto start = std::chrono::steady_clock::now();
  const auto progress = [&](const profiler::ProfileProgress& p) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto done = static_cast<double>(p.work), all = static_cast<double>(p.all_work);
    options.status(fmt::format("latency table of {}: {} of {} entries, {:.0f} s left", target.name,
                               p.entries, p.all_entries,
                               done > 0 ? seconds * (all - done) / done : 0));
  };
  auto table = profiler::profile(target, graph, profiler::all_latencies(graph),
                                 {.fidelity = options.fidelity,
                                  .jobs = options.jobs,
                                  .store = &store,
                                  .stop = stop,
                                  .on_progress = progress,
                                  .on_build = options.say});
  if (stop) return std::nullopt;
  return table;
}

/// At the speed at which a cluster of 8 computing cores is simulated on a usual processor.
double seconds_of(const tb::Target& target, profiler::LatencyStore& store,
                  const ChipOptions& options, const models::Graph& graph) {
  constexpr double kCyclesPerSecond = 0.4e6;
  const profiler::ProfileProgress work =
      profiler::profile_work(target, graph, profiler::all_latencies(graph),
                             {.fidelity = options.fidelity, .store = &store});
  const unsigned jobs =
      options.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : options.jobs;
  return static_cast<double>(work.all_work) / kCyclesPerSecond / jobs;
}

std::optional<std::uint64_t> run_on(const tb::Target& target, const ChipOptions& options,
                                    const models::IntegerNetwork& network,
                                    const models::Tensor& input, StopToken stop) {
  profiler::DeployOptions deploy;
  deploy.on_build = options.say;
  profiler::NetworkRunner runner(target, network, deploy);
  profiler::NetworkRunOptions run_options;
  run_options.stop = stop;
  const profiler::NetworkRun run = runner.run(input, run_options);
  if (run.interrupted) return std::nullopt;
  if (run.difference) {
    const profiler::TensorDifference& d = *run.difference;
    throw std::runtime_error(
        fmt::format("{}: layer {}, pixel ({}, {}), channel {}: got {}, expected {}: the chip and "
                    "the integer model differ",
                    target.name, d.layer, d.y, d.x, d.channel, d.got, d.expected));
  }
  return run.cycles;
}

}  // namespace

std::vector<search::Chip> search_chips(const std::vector<tb::Target>& targets,
                                       profiler::LatencyStore& store, const ChipOptions& options) {
  std::vector<search::Chip> chips;
  for (const tb::Target& target : targets) {
    search::Chip chip;
    chip.name = target.name;
    chip.identity = fmt::format("{}-{}-{}-{}", tb::target_hash(target), profiler::kRtlHash,
                                profiler::kSwHash, profiler::kScheduleHash);
    chip.table = [&store, target, options](const models::Graph& graph, StopToken stop) {
      return table_of(target, store, options, graph, stop);
    };
    chip.cycles = [target](const profiler::LatencyTable& table, const models::Graph& graph,
                           const models::BitWidths& widths) {
      return profiler::network_cycles(target, table, graph, widths);
    };
    chip.table_seconds = [&store, target, options](const models::Graph& graph) {
      return seconds_of(target, store, options, graph);
    };
    chip.run = [target, options](const models::IntegerNetwork& network, const models::Tensor& input,
                                 StopToken stop) {
      return run_on(target, options, network, input, stop);
    };
    chips.push_back(std::move(chip));
  }
  return chips;
}

}  // namespace freebits::cli
