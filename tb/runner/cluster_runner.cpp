// SPDX-License-Identifier: Apache-2.0
// A program on the cluster, from its first cycle to its end.
#include "tb/runner/cluster_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "tb/cluster_numbers.hpp"
#include "tb/runner/cluster_again.hpp"
#include "tb/runner/cluster_watch.hpp"
#include "tb/runner/host.hpp"
#include "tb/runner/watchdog.hpp"

namespace freebits::tb {
namespace {

/// Two cores may write the same message to tohost at once; a program repeats itself for longer.
constexpr std::uint64_t kRepeatWait = 1000;
/// Between looks at the clock, the user and the cores. Fixed, so that what the watchdog says does
/// not depend on the host; prime, so that a loop's period hides nothing from it.
constexpr std::uint64_t kChunk = 1021;

/// All of them, one after the other, every cycle.
class Observers final : public ClusterObserver {
 public:
  Observers(std::span<ClusterObserver* const> others, ClusterWatch& watch)
      : others_(others), watch_(watch) {}
  bool cycle(const CycleView& view) override {
    bool go_on = watch_.cycle(view);
    for (ClusterObserver* observer : others_) {
      if (!observer->cycle(view)) {
        stopped_ = true;
        go_on = false;
      }
    }
    return go_on;
  }
  [[nodiscard]] bool stopped() const { return stopped_; }  ///< one of the others wished it

 private:
  std::span<ClusterObserver* const> others_;
  ClusterWatch& watch_;
  bool stopped_ = false;
};

class ClusterRun {
 public:
  ClusterRun(const Elf& elf, Cluster& cluster, const ClusterRunOptions& options)
      : elf_(elf),
        options_(options),
        cluster_(cluster),
        host_memory_(cluster),
        htif_(
            elf, host_memory_,
            [this](std::string_view text) {
              if (options_.console) options_.console(text);
            },
            kRepeatWait),
        watchdog_(cluster),
        watch_(cluster),
        observers_(options.observers, watch_) {
    if (!htif_.tohost()) return;
    check_mailbox(*htif_.tohost());
    cluster.watch(*htif_.tohost());
  }

  ClusterRunResult run() {
    while (running_) chunk();
    if (observed_) return std::move(*observed_);
    result_.cycles = cluster_.cycles();
    for (unsigned i = 0; i < cluster_.cores(); ++i) result_.cores.push_back(cluster_.core(i));
    return std::move(result_);
  }

 private:
  /// The host hears of stores that leave the cluster only.
  void check_mailbox(std::uint32_t address) const {
    namespace n = cluster_numbers;
    const Target& target = cluster_.target();
    if (address - n::L2Base < target.l2.bytes || address - n::L3Base < target.l3.bytes) return;
    throw Error(fmt::format(
        "{}: tohost at {:#010x} lies outside L2 and L3 of target {}, where the host listens; link "
        "it to L2 ({:#010x})",
        elf_.path.string(), address, target.name, n::L2Base));
  }

  void stop(Outcome outcome, std::string message) {
    running_ = false;
    result_.outcome = outcome;
    result_.message = std::move(message);
  }

  void chunk() {
    const std::uint64_t end = (cluster_.cycles() / kChunk + 1) * kChunk;
    const bool observed = !options_.observers.empty() || options_.semihosting;
    ClusterObserver* observer = observed ? &observers_ : nullptr;
    const Cluster::Stop why = cluster_.run(std::min(end, options_.max_cycles), observer);
    const std::uint64_t now = cluster_.cycles();
    if (const auto address = cluster_.take_stored()) htif_.stored(*address, now);
    if (htif_.pending()) htif_.tick(now);
    if (why == Cluster::Stop::AllAsleep || why == Cluster::Stop::Observer) htif_.flush();
    if (htif_.exit_code()) {
      stop(Outcome::Exited, "");
      result_.exit_code = *htif_.exit_code();
    } else if (why == Cluster::Stop::Observer) {
      stop_observed();
    } else if (why == Cluster::Stop::AllAsleep) {
      stop(Outcome::Asleep, fmt::format("deadlock in cycle {}: every core sleeps or waits, and "
                                        "nothing can wake one: {}",
                                        now, whereabouts()));
    } else if (now % kChunk == 0) {
      look(now);
    }
    if (running_ && now >= options_.max_cycles) stop_at_limit(now);
  }

  void look(std::uint64_t now) {
    if (options_.on_progress) options_.on_progress(now);
    watchdog_.look(now);
    if (options_.interrupted != nullptr && *options_.interrupted) {
      stop(Outcome::Interrupted,
           fmt::format("interrupted after {} cycles: {}", now, whereabouts()));
    } else if (const auto core = watchdog_.stuck()) {
      stop(watch_.trapped() ? Outcome::NoTrapHandler : Outcome::Stuck,
           watch_.message().value_or(
               fmt::format("core {} has retired no instruction for a long time, in cycle {}: {}",
                           *core, now, whereabouts())));
      explain();
    } else if (now >= ask_again_ && watchdog_.circling(now)) {
      ask_again_ = 8 * now;
      if (explain()) running_ = false;
    }
  }

  /// A second run may say more than the watchdog can, and replaces the result then; it is what
  /// --check would have shown. False: it says no more.
  bool explain() {
    if (!options_.explain || !options_.observers.empty() || cluster_.cycles() > kExplainCycles) {
      return false;
    }
    ClusterRunResult again = run_again(elf_, cluster_.target(), cluster_.cycles(), options_);
    const bool lost =
        again.outcome == Outcome::EndlessLoop || again.outcome == Outcome::NoTrapHandler;
    const bool at_limit = !running_ && again.outcome == result_.outcome;
    if (lost || at_limit) observed_ = std::move(again);
    return lost;
  }

  void stop_observed() {
    if (options_.interrupted != nullptr && *options_.interrupted) {
      stop(Outcome::Interrupted, fmt::format("interrupted after {} cycles", cluster_.cycles()));
    } else if (watch_.exit_code()) {
      stop(Outcome::Exited, "");
      result_.exit_code = *watch_.exit_code();
    } else if (watch_.all_lost()) {
      stop(watch_.trapped() ? Outcome::NoTrapHandler : Outcome::EndlessLoop,
           watch_.message().value_or(""));
    } else {
      stop(Outcome::Stopped, fmt::format("stopped in cycle {}", cluster_.cycles()));
    }
  }

  void stop_at_limit(std::uint64_t now) {
    std::string why = watch_.message().value_or(whereabouts());
    if (!htif_.tohost()) why += "; the program has no symbol tohost, so it cannot end by itself";
    stop(Outcome::CycleLimit,
         fmt::format("not finished after {} cycles; raise --max-cycles if it is only slow; {}", now,
                     why));
    explain();
  }

  [[nodiscard]] std::string whereabouts() const {
    std::vector<std::string> texts;
    for (unsigned i = 0; i < cluster_.cores(); ++i) texts.push_back(cluster_.waiting(i));
    return describe_cores(texts);
  }

  const Elf& elf_;
  const ClusterRunOptions& options_;
  Cluster& cluster_;
  HostMemoryOf<Cluster> host_memory_;
  Htif htif_;
  Watchdog watchdog_;
  ClusterWatch watch_;
  Observers observers_;
  ClusterRunResult result_;
  bool running_ = true;
  std::uint64_t ask_again_ = 0;
  std::optional<ClusterRunResult> observed_;  ///< replaces the result
};

}  // namespace

ClusterRunResult run_cluster(const Elf& elf, Cluster& cluster, const ClusterRunOptions& options) {
  return ClusterRun(elf, cluster, options).run();
}

}  // namespace freebits::tb
