// SPDX-License-Identifier: Apache-2.0
#include "trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "coverage.hpp"
#include "fairness.hpp"
#include "tb/observe/cluster_lockstep.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::random_cluster {
namespace {

using tb::Cluster;
using tb::Visibility;

struct Watchers {
  Watchers(const Cluster& cluster, TrialResult& result)
      : lockstep(cluster, kBoot),
        fairness(cluster.cores()),
        coverage(cluster.cores(), result.hits) {}
  tb::ClusterLockstep lockstep;
  Fairness fairness;
  Coverage coverage;
};

/// L1, L2 and L3 as a run left them.
std::vector<std::uint8_t> memory_of(const Image& image, const Cluster& cluster) {
  std::vector<std::uint8_t> all;
  for (const Area& area : image.memories.areas()) {
    std::vector<std::uint8_t> bytes(kDataBytes);
    if (!cluster.read(area.base, bytes)) throw std::logic_error("memory cannot be read");
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

std::optional<std::string> verdict(const Image& image, const Cluster& cluster,
                                   const tb::ClusterRunResult& run) {
  if (run.outcome != tb::Outcome::Exited) return "no exit: " + run.message + "\n";
  if (auto wrong = judge(image, cluster)) return "contents: " + *wrong;
  if (run.exit_code != 0) return std::string("self-check: the program found an error\n");
  return std::nullopt;
}

/// The program once more: nothing may depend on who looks, or on what ran before.
std::optional<std::string> repeat(const Image& image, Cluster& cluster, const char* how,
                                  std::uint64_t cycles, const std::vector<std::uint8_t>& memory,
                                  const TrialOptions& options) {
  cluster.load(image.elf);
  tb::ClusterRunOptions run_options;
  run_options.max_cycles = options.max_cycles;
  const tb::ClusterRunResult run = run_cluster(image.elf, cluster, run_options);
  if (auto wrong = verdict(image, cluster, run)) return *wrong + "  (run " + how + ")\n";
  if (run.cycles != cycles) {
    return fmt::format("determinism: {} cycles, {} when run {}\n", cycles, run.cycles, how);
  }
  if (memory_of(image, cluster) != memory) {
    return fmt::format("determinism: other contents when run {}\n", how);
  }
  return std::nullopt;
}

}  // namespace

TrialResult run_trial(const Plan& plan, const TrialOptions& options) {
  return run_trial(plan, make_image(plan), options);
}

TrialResult run_trial(const Plan& plan, const Image& image, const TrialOptions& options) {
  TrialResult result;
  const tb::Target target = target_of(plan);
  Cluster cluster(target, {.visibility = Visibility::Observed});
  cluster.load(image.elf);
  if (options.on_start) options.on_start(cluster);
  Watchers watchers(cluster, result);
  std::vector<tb::ClusterObserver*> observers = {&watchers.lockstep, &watchers.fairness,
                                                 &watchers.coverage};
  if (options.saboteur != nullptr) observers.push_back(options.saboteur);
  tb::ClusterRunOptions run_options;
  run_options.max_cycles = options.max_cycles;
  run_options.observers = observers;
  const tb::ClusterRunResult run = run_cluster(image.elf, cluster, run_options);
  result.cycles = run.cycles;
  for (const tb::CoreStatistics& core : run.cores) result.instructions += core.instructions;
  for (unsigned i = 0; i < plan.cores; ++i) {
    result.longest_waits.push_back(watchers.fairness.longest(i));
  }

  if (const auto& report = watchers.lockstep.report()) {
    result.failure = "lock-step: " + *report;
  } else if (const auto& starved = watchers.fairness.starved()) {
    result.failure = "starvation: " + *starved + "\n";
  } else if (const auto difference = watchers.lockstep.finish()) {
    result.failure = "lock-step: " + *difference;
  } else {
    result.failure = verdict(image, cluster, run);
  }
  if (result.failure || !options.repeat) return result;

  const std::vector<std::uint8_t> memory = memory_of(image, cluster);
  Cluster plain(target);
  for (const char* how : {"unobserved", "again"}) {
    result.failure = repeat(image, plain, how, result.cycles, memory, options);
    if (result.failure) return result;
  }
  return result;
}

std::string judge_of(const std::string& report) { return report.substr(0, report.find(':')); }

Plan shrink(const Plan& plan, const std::function<bool(const Plan&)>& fails) {
  Plan small = plan;
  for (std::size_t size = std::max<std::size_t>(small.steps.size() / 2, 1); size > 0; size /= 2) {
    for (std::size_t at = 0; at < small.steps.size();) {
      Plan candidate = small;
      const auto begin = candidate.steps.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t length = std::min(size, small.steps.size() - at);
      candidate.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
      if (fails(candidate)) {
        small = std::move(candidate);
      } else {
        at += size;
      }
    }
  }
  return small;
}

}  // namespace freebits::random_cluster
