// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/start_threads.hpp"
#include "profiler/profile/key.hpp"
#include "profiler/profile/measurement.hpp"
#include "profiler/profile/surroundings.hpp"

namespace freebits::profiler {
namespace {

/// What is still to be measured, by bit-widths of the whole network: those of one group come one
/// after the other.
class Queue {
 public:
  void add(const WantedLatency& wanted) { left_.push_back(wanted); }

  /// Nullopt: nothing is left. Latencies that others measure come back, last.
  [[nodiscard]] std::optional<WantedLatency> next() {
    const std::lock_guard lock(mutex_);
    if (left_.empty()) return std::nullopt;
    const WantedLatency first = left_.front();
    left_.pop_front();
    elsewhere_.erase(first);
    return first;
  }
  /// Somebody else measures it. True: all that is left is such.
  [[nodiscard]] bool put_back(const WantedLatency& wanted) {
    const std::lock_guard lock(mutex_);
    left_.push_back(wanted);
    elsewhere_.insert(wanted);
    return elsewhere_.size() == left_.size();
  }

 private:
  std::mutex mutex_;
  std::deque<WantedLatency> left_;
  std::set<WantedLatency> elsewhere_;  ///< those of `left_` that were put back
};

class Profile {
 public:
  Profile(const tb::Target& target, const models::Graph& graph, const ProfileOptions& options)
      : target_(target), graph_(graph), options_(options), keys_(target, graph) {
    table_.target = target.name;
    table_.layers.resize(graph.layers.size());
  }

  LatencyTable run(std::span<const WantedLatency> wanted) {
    measure(missing(wanted));
    for (auto& entries : table_.layers) std::ranges::sort(entries, {}, &LatencyEntry::bits);
    return std::move(table_);
  }

  ProfileProgress plan(std::span<const WantedLatency> wanted) {
    (void)missing(wanted);
    return progress_;
  }

 private:
  /// Takes what the store has; of the rest those that are measured are returned.
  std::set<WantedLatency> missing(std::span<const WantedLatency> wanted) {
    std::set<WantedLatency> missing;
    for (const WantedLatency& w : std::set(wanted.begin(), wanted.end())) {
      if (!go_on()) break;
      if (const auto latency = stored(w)) {
        add(w, *latency, false);
        continue;
      }
      const WantedLatency measured = keys_.measured_for(w);
      like_[measured].push_back(w);
      if (missing.insert(measured).second) progress_.all_work += keys_.estimate(measured);
    }
    progress_.all_entries = missing.size();
    return missing;
  }

  [[nodiscard]] std::optional<Latency> stored(const WantedLatency& wanted) {
    if (options_.store == nullptr) return std::nullopt;
    return options_.store->find(keys_.key(wanted, options_.fidelity));
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

  void measure(const std::set<WantedLatency>& missing) {
    fill_queue(missing);
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t jobs =
        std::min<std::size_t>(options_.jobs == 0 ? processors : options_.jobs, missing.size());
    // One after the other: the first may have to build the cluster.
    std::vector<Measurement> clusters;
    for (std::size_t i = 0; i < jobs; ++i)
      clusters.emplace_back(target_, graph_, options_.on_build, options_.stop);
    const auto each = [&](unsigned thread, const std::stop_token&) {
      try {
        work(clusters[thread]);
      } catch (const Interrupted&) {
        // What there is is there.
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        failed_ = true;
      }
    };
    start_threads_or_throw<Error>(static_cast<unsigned>(jobs), each).clear();
    if (failure_) std::rethrow_exception(failure_);
  }

  void fill_queue(const std::set<WantedLatency>& missing) {
    const Surroundings surroundings(graph_);
    std::map<std::vector<unsigned>, std::vector<WantedLatency>> groups;
    for (const WantedLatency& w : missing) {
      const models::BitWidths widths = surroundings.of(w);
      std::vector<unsigned> name = widths.weights;
      name.insert(name.end(), widths.activations.begin(), widths.activations.end());
      groups[name].push_back(w);
    }
    for (const auto& group : std::views::reverse(groups)) {
      for (const WantedLatency& w : group.second) queue_.add(w);
    }
  }

  [[nodiscard]] bool go_on() const { return !failed_ && !options_.stop.requested(); }

  /// From all threads.
  void work(Measurement& cluster) {
    while (go_on()) {
      const auto wanted = queue_.next();
      if (!wanted) return;
      switch (claim(*wanted)) {
        case LatencyStore::Claim::Stored:
          if (const auto latency = stored_now(*wanted))
            finish(*wanted, *latency, false);
          else
            (void)queue_.put_back(*wanted);
          break;
        case LatencyStore::Claim::Other:
          if (queue_.put_back(*wanted)) std::this_thread::sleep_for(kPollInterval);
          break;
        case LatencyStore::Claim::Ours:
          if (const auto latency =
                  cluster.run(*wanted, options_.fidelity, [this] { return go_on(); }))
            finish(*wanted, *latency, true);
      }
    }
  }

  LatencyStore::Claim claim(const WantedLatency& wanted) {
    if (options_.store == nullptr) return LatencyStore::Claim::Ours;
    const std::lock_guard lock(mutex_);
    return options_.store->claim(keys_.key(wanted, options_.fidelity));
  }

  std::optional<Latency> stored_now(const WantedLatency& wanted) {
    const std::lock_guard lock(mutex_);
    return stored(wanted);
  }

  void finish(const WantedLatency& wanted, const Latency& latency, bool simulated) {
    const std::lock_guard lock(mutex_);
    if (simulated && options_.store != nullptr)
      options_.store->insert(keys_.key(wanted, options_.fidelity), latency);
    for (const WantedLatency& w : like_.at(wanted))
      add(w, latency, std::exchange(simulated, false));
    ++progress_.entries;
    progress_.work += keys_.estimate(wanted);
    if (options_.on_progress) options_.on_progress(progress_);
  }

  /// How often is looked whether another process has finished what it measures.
  static constexpr std::chrono::milliseconds kPollInterval{100};

  const tb::Target& target_;
  const models::Graph& graph_;
  const ProfileOptions& options_;
  LatencyKeys keys_;
  std::map<WantedLatency, std::vector<WantedLatency>> like_;  ///< by the one that is measured
  LatencyTable table_;
  ProfileProgress progress_;
  Queue queue_;
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
  return Profile(target, graph, options).run(wanted);
}

ProfileProgress profile_work(const tb::Target& target, const models::Graph& graph,
                             std::span<const WantedLatency> wanted, const ProfileOptions& options) {
  return Profile(target, graph, options).plan(wanted);
}

}  // namespace freebits::profiler
