// SPDX-License-Identifier: Apache-2.0
// Runs an excerpt and makes latencies of its steps' cycles. Three things make the latencies of a
// network's layers add up to what the whole network takes:
//  - A layer's first operands come beside the last kernel of the layer before. What that step takes
//    longer for it, all cores waiting, is the layer's own.
//  - Steps without a kernel, which load what could not come earlier, are the next layer's.
//  - Waiting for weights from L3 is the layer's whose weights they are (models:
//  stream_timeline.hpp).
#include "profile/measurement.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "freebits/models/deploy/operand_waits.hpp"
#include "freebits/models/deploy/stream_timeline.hpp"
#include "network/execution.hpp"
#include "network/program.hpp"
#include "profile/bare_network.hpp"
#include "profile/excerpt.hpp"

namespace freebits::profiler {
namespace {

using models::Move;

constexpr auto kBarrier = static_cast<std::size_t>(tb::Activity::Barrier);
constexpr auto kMemoryWait = static_cast<std::size_t>(tb::Activity::MemoryWait);
constexpr auto kExecuting = static_cast<std::size_t>(tb::Activity::Executing);

/// Of one step, simulated.
struct StepCost {
  double cycles = 0, instructions = 0;
  std::array<double, tb::kActivityNames.size()> accounting{};
  double waiting = 0;  ///< all cores, for transfers
};

StepCost cost(const StepCounts& before, const StepCounts& now) {
  StepCost c;
  c.cycles = static_cast<double>(now.cycles - before.cycles);
  c.instructions = static_cast<double>(now.instructions - before.instructions);
  for (std::size_t a = 0; a < c.accounting.size(); ++a)
    c.accounting[a] = static_cast<double>(now.accounting[a] - before.accounting[a]);
  c.waiting = static_cast<double>(all_asleep(before, now));
  return c;
}

/// Adds up the steps of a layer.
class Sum {
 public:
  explicit Sum(unsigned cores) : cores_(cores) {}

  void add(const StepCost& c, double count, std::size_t kind) {
    cycles_ += count * c.cycles;
    instructions_ += count * c.instructions;
    for (std::size_t a = 0; a < c.accounting.size(); ++a) accounting_[a] += count * c.accounting[a];
    if (kind >= spread_.size()) spread_.resize(kind + 1);
    spread_[kind].add(c.cycles, count - 1);
  }
  /// Cycles, positive or negative, in which all cores wait: core 0 for transfers, the others for
  /// core 0.
  void wait(double cycles) {
    cycles_ += cycles;
    accounting_[kMemoryWait] += cycles;
    accounting_[kBarrier] += cycles * (cores_ - 1);
    // Core 0 may have waited at the barrier.
    if (accounting_[kMemoryWait] < 0)
      accounting_[kBarrier] += std::exchange(accounting_[kMemoryWait], 0);
  }

  [[nodiscard]] Latency latency() const {
    Latency l;
    l.cycles = static_cast<std::uint64_t>(std::llround(cycles_));
    l.instructions = static_cast<std::uint64_t>(std::llround(instructions_));
    std::uint64_t others = 0;
    for (std::size_t a = 0; a < accounting_.size(); ++a) {
      l.accounting[a] = static_cast<std::uint64_t>(std::llround(std::max(0.0, accounting_[a])));
      if (a != kExecuting) others += l.accounting[a];
    }
    // What rounding has left over.
    l.accounting[kExecuting] = l.cycles * cores_ - others;
    l.error_bound = error_bound();
    return l;
  }

 private:
  /// A share of the cycles. Four steps do not show all that bank conflicts make of a kind of them:
  /// layers were seen 0.03 % outside of the spread.
  [[nodiscard]] double error_bound() const {
    constexpr double kUnseen = 1e-3;
    double error = 0, not_simulated = 0;
    for (const Spread& s : spread_) {
      error += s.not_simulated * (s.most - s.least);
      not_simulated += s.not_simulated;
    }
    return not_simulated > 0 && cycles_ > 0 ? error / cycles_ + kUnseen : 0;
  }

  /// Of the steps of a kind.
  struct Spread {
    double least = 1e300, most = 0, not_simulated = 0;
    void add(double cycles, double more) {
      least = std::min(least, cycles);
      most = std::max(most, cycles);
      not_simulated += more;
    }
  };

  unsigned cores_;
  double cycles_ = 0, instructions_ = 0;
  std::array<double, tb::kActivityNames.size()> accounting_{};
  std::vector<Spread> spread_;
};

bool loads(const models::Step& step) {
  return std::ranges::any_of(step.moves, [](const Move& m) { return m.kind != Move::Kind::Store; });
}

/// The steps of the whole plan, as far as the excerpt has come, for what waits for L3.
class Waits {
 public:
  Waits(const models::Plan& plan, const models::Machine& machine, const Excerpt& excerpt)
      : plan_(plan), excerpt_(excerpt), timeline_(plan, machine) {
    if (plan.streams.empty()) return;
    cycles_.resize(plan.steps.size());
    for (std::size_t s = 0; s < plan.steps.size(); ++s)
      cycles_[s] = static_cast<double>(plan.steps[s].cycles);
  }

  /// A step of the excerpt has taken so long; then so do the others of its kind until the next.
  void measured(std::size_t step, double cycles) {
    if (cycles_.empty() || !excerpt_.steps[step].wanted) return;
    const ExcerptStep& s = excerpt_.steps[step];
    cycles_[s.origin] = cycles;
    if (s.count <= 1) return;
    // The number of steps skipped behind it is not known one by one: the cost model's, scaled.
    const double scale = cycles / static_cast<double>(plan_.steps[s.origin].cycles);
    const std::size_t end =
        step + 1 < excerpt_.steps.size() ? excerpt_.steps[step + 1].origin : plan_.steps.size();
    for (std::size_t i = s.origin + 1; i < end && layer_of(plan_, i) == s.layer; ++i)
      cycles_[i] = static_cast<double>(plan_.steps[i].cycles) * scale;
  }
  /// Up to the step before `end` of the plan; then what was waited for a layer's weights is known.
  double waited(std::size_t layer, std::size_t end) {
    if (cycles_.empty()) return 0;
    for (; done_ < end; ++done_) timeline_.step(cycles_[done_]);
    return timeline_.waited(layer);
  }

 private:
  const models::Plan& plan_;
  const Excerpt& excerpt_;
  models::StreamTimeline timeline_;
  std::vector<double> cycles_;  ///< of the steps; empty: nothing streams
  std::size_t done_ = 0;
};

}  // namespace

class Measurement::Impl {
 public:
  Impl(const tb::Target& target, const models::Graph& graph,
       const std::function<void(std::string_view)>& on_build, StopToken stop)
      : target_(target),
        graph_(graph),
        cluster_(target, tb::ClusterOptions{.on_build = on_build}),
        execution_(cluster_) {
    execution_.stop_with(stop);
  }

  void run(const Assignment& assignment, Fidelity fidelity, const MeasurementHooks& hooks) {
    const models::IntegerNetwork network = bare_network(graph_, assignment.widths);
    const tb::Elf program = link_network_program(target_.level, models::kernel_layers(network));
    const models::Machine machine = machine_of(target_, program);
    const models::Plan plan = models::make_plan(network, machine);
    const Excerpt excerpt = make_excerpt(plan, assignment.layers, fidelity);
    fill(machine);
    execution_.load(program, step_images(network, excerpt.plan, machine, program));

    const Execution::Where where = [&](std::size_t s) {
      return graph_.layers[excerpt.steps[std::min(s, excerpt.steps.size() - 1)].layer].name;
    };
    Waits waits(plan, machine, excerpt);
    const std::vector<double> operand_waits = models::operand_waits(plan, machine);
    Sum sum(cluster_.cores());
    double inherited = 0;  // what the next layer's operands took beside the last kernel
    execution_.advance(0, 0, where);
    StepCounts before = execution_.counts();
    for (std::size_t i = 0; i < excerpt.steps.size(); ++i) {
      const ExcerptStep& step = excerpt.steps[i];
      execution_.advance(i + 1, excerpt.plan.steps[i].cycles, where);
      const StepCounts now = execution_.counts();
      const StepCost c = cost(before, now);
      before = now;
      if (!hooks.go_on()) return;
      waits.measured(i, c.cycles);
      if (step.wanted) sum.add(c, step.count, step.kind);
      double handed = 0;
      if (step.leads_over && loads(excerpt.plan.steps[i])) handed = c.waiting;
      const bool ends = i + 1 == excerpt.steps.size() || excerpt.steps[i + 1].layer != step.layer;
      if (!ends) continue;
      if (step.wanted) {
        sum.wait(inherited - handed);
        const double l3_wait = waits.waited(step.layer, step.origin);
        sum.wait(l3_wait);
        Latency latency = sum.latency();
        latency.l3_wait = static_cast<std::uint64_t>(std::llround(l3_wait));
        latency.operand_wait = static_cast<std::uint64_t>(std::llround(operand_waits[step.layer]));
        hooks.on_latency({step.layer, layer_bits(graph_, assignment.widths, step.layer)}, latency);
      }
      sum = Sum(cluster_.cores());
      inherited = handed;
    }
    execution_.finish(excerpt.plan.steps.size(), where);
  }

 private:
  /// Operands of any values.
  void fill(const models::Machine& machine) {
    if (filled_) return;
    std::mt19937 engine(1);
    for (const auto& [begin, end] : {std::pair(machine.l1_begin, machine.l1_end),
                                     std::pair(machine.l2_begin, machine.l2_end)}) {
      std::vector<std::uint8_t> bytes(end - begin);
      std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(engine()); });
      execution_.write(begin, bytes);
    }
    filled_ = true;
  }

  tb::Target target_;
  models::Graph graph_;
  tb::Cluster cluster_;
  Execution execution_;
  bool filled_ = false;
};

Measurement::Measurement(const tb::Target& target, const models::Graph& graph,
                         const std::function<void(std::string_view)>& on_build, StopToken stop)
    : impl_(std::make_unique<Impl>(target, graph, on_build, stop)) {}
Measurement::~Measurement() = default;
Measurement::Measurement(Measurement&&) noexcept = default;

void Measurement::run(const Assignment& assignment, Fidelity fidelity,
                      const MeasurementHooks& hooks) {
  impl_->run(assignment, fidelity, hooks);
}

}  // namespace freebits::profiler
