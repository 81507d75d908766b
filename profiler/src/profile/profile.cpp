// SPDX-License-Identifier: Apache-2.0
#include "freebits/profiler/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "freebits/base/start_threads.hpp"
#include "freebits/tb/error.hpp"
#include "profile/assignments.hpp"
#include "profile/key.hpp"
#include "profile/measurement.hpp"

namespace freebits::profiler {
namespace {

class Profile {
 public:
  Profile(const tb::Target& target, const models::Graph& graph, const ProfileOptions& options)
      : target_(target), graph_(graph), options_(options), keys_(target, graph) {
    table_.target = target.name;
    table_.layers.resize(graph.layers.size());
  }

  LatencyTable run(std::span<const WantedLatency> wanted) {
    simulate(assignments(graph_, missing(wanted)));
    for (auto& entries : table_.layers) std::ranges::sort(entries, {}, &LatencyEntry::bits);
    return std::move(table_);
  }

  ProfileProgress plan(std::span<const WantedLatency> wanted) {
    (void)missing(wanted);
    return progress_;
  }

 private:
  /// Takes what the store has; the rest, of equal ones the first, is returned.
  std::set<WantedLatency> missing(std::span<const WantedLatency> wanted) {
    const std::set<WantedLatency> all(wanted.begin(), wanted.end());
    std::set<WantedLatency> missing;
    for (const WantedLatency& w : all) {
      if (find(w)) continue;
      std::vector<WantedLatency>& same = same_[keys_.key(w, options_.fidelity)];
      same.push_back(w);
      if (same.size() > 1) continue;  // it comes with the first
      missing.insert(w);
      progress_.all_work += keys_.estimate(w);
    }
    progress_.all_entries = missing.size();
    return missing;
  }

  /// In the store; what was simulated in full is as good.
  bool find(const WantedLatency& wanted) {
    if (options_.store == nullptr) return false;
    for (const Fidelity fidelity : {Fidelity::Full, Fidelity::Sampled}) {
      if (fidelity == Fidelity::Sampled && options_.fidelity == Fidelity::Full) continue;
      if (const auto latency = options_.store->find(keys_.key(wanted, fidelity))) {
        add(wanted, *latency, false);
        return true;
      }
    }
    return false;
  }

  void add(const WantedLatency& wanted, const Latency& l, bool simulated) {
    table_.layers[wanted.layer].push_back({.bits = wanted.bits,
                                           .cycles = l.cycles,
                                           .l3_wait = l.l3_wait,
                                           .operand_wait = l.operand_wait,
                                           .error_bound = l.error_bound,
                                           .simulated = simulated,
                                           .instructions = l.instructions,
                                           .accounting = l.accounting});
  }

  void simulate(const std::vector<Assignment>& runs) {
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t jobs =
        std::min<std::size_t>(options_.jobs == 0 ? processors : options_.jobs, runs.size());
    // One after the other: the first may have to build the cluster.
    std::vector<Measurement> clusters;
    for (std::size_t i = 0; i < jobs; ++i)
      clusters.emplace_back(target_, graph_, options_.on_build);
    std::atomic<std::size_t> next = 0;
    const auto work = [&](unsigned thread, const std::stop_token&) {
      try {
        for (std::size_t i = next++; i < runs.size() && go_on(); i = next++)
          clusters[thread].run(runs[i], options_.fidelity, hooks());
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        failed_ = true;
      }
    };
    start_threads_or_throw<tb::Error>(static_cast<unsigned>(jobs), work).clear();
    if (failure_) std::rethrow_exception(failure_);
  }

  [[nodiscard]] bool go_on() const {
    return !failed_ && (options_.stop == nullptr || !*options_.stop);
  }

  MeasurementHooks hooks() {
    return {.on_latency = [this](const WantedLatency& w, const Latency& l) { finish(w, l); },
            .go_on = [this] { return go_on(); }};
  }

  /// From all threads.
  void finish(const WantedLatency& wanted, const Latency& latency) {
    const std::lock_guard lock(mutex_);
    const std::string key = keys_.key(wanted, options_.fidelity);
    if (options_.store != nullptr) options_.store->insert(key, latency);
    bool simulated = true;
    for (const WantedLatency& w : same_.at(key)) add(w, latency, std::exchange(simulated, false));
    ++progress_.entries;
    progress_.work += keys_.estimate(wanted);
    if (options_.on_progress) options_.on_progress(progress_);
  }

  const tb::Target& target_;
  const models::Graph& graph_;
  const ProfileOptions& options_;
  LatencyKeys keys_;
  std::map<std::string, std::vector<WantedLatency>> same_;  ///< by key: what is to be simulated
  LatencyTable table_;
  ProfileProgress progress_;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::atomic<bool> failed_ = false;
};

}  // namespace

std::string_view name(Fidelity fidelity) { return fidelity == Fidelity::Full ? "full" : "sampled"; }

std::vector<WantedLatency> all_latencies(const models::Graph& graph) {
  std::vector<WantedLatency> all;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    for (const LayerBits& bits : layer_choices(graph, layer)) all.push_back({layer, bits});
  }
  return all;
}

std::vector<WantedLatency> latencies_of(const models::Graph& graph,
                                        const models::BitWidths& widths) {
  std::vector<WantedLatency> all;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer)
    all.push_back({layer, layer_bits(graph, widths, layer)});
  return all;
}

LatencyTable profile(const tb::Target& target, const models::Graph& graph,
                     std::span<const WantedLatency> wanted, const ProfileOptions& options) {
  try {
    return Profile(target, graph, options).run(wanted);
  } catch (const std::invalid_argument& error) {
    throw tb::Error(fmt::format("{} on target {}: {}", graph.name, target.name, error.what()));
  }
}

ProfileProgress profile_work(const tb::Target& target, const models::Graph& graph,
                             std::span<const WantedLatency> wanted, const ProfileOptions& options) {
  try {
    return Profile(target, graph, options).plan(wanted);
  } catch (const std::invalid_argument& error) {
    throw tb::Error(fmt::format("{} on target {}: {}", graph.name, target.name, error.what()));
  }
}

}  // namespace freebits::profiler
