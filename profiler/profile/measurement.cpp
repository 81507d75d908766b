// SPDX-License-Identifier: Apache-2.0
// Runs an excerpt and makes a latency of its steps' cycles. Three things make the latencies of a
// network's layers add up to what the whole network takes:
//  - A layer's first operands come beside the last kernel of the layer before. What that step takes
//    longer for it, all cores waiting, is the layer's own.
//  - Steps without a kernel, which load what could not come earlier, are the next layer's.
//  - Waiting for weights from L3 is the layer's whose weights they are (models:
//  stream_timeline.hpp).
#include "profiler/profile/measurement.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>

#include "deploy/image/constants.hpp"
#include "deploy/image/program.hpp"
#include "deploy/plan/operand_waits.hpp"
#include "deploy/plan/stream_timeline.hpp"
#include "profiler/network/execution.hpp"
#include "profiler/network/on_target.hpp"
#include "profiler/network/stand_in.hpp"
#include "profiler/profile/excerpt.hpp"
#include "profiler/profile/surroundings.hpp"
#include "profiler/profile/tile_check.hpp"
#include "tb/cluster_numbers.hpp"

namespace freebits::profiler {
namespace {

namespace n = tb::cluster_numbers;
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
  /// A fraction of the cycles. Four steps do not show all that bank conflicts make of a kind of
  /// them: layers were seen 0.03 % outside of the spread.
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

/// A network in one choice of bit-widths, ready to be measured.
struct Prepared {
  Prepared(const tb::Target& target, const models::Graph& graph, const models::BitWidths& at)
      : widths(at),
        network(network_to_measure(graph, at)),
        program(link_network_program(target.level, models::kernel_layers(network))),
        machine(machine_of(target, program)),
        plan(on_target(graph.name, target, [&] { return models::make_plan(network, machine); })),
        operand_waits(models::operand_waits(plan, machine)),
        constants(network, plan, target.level),
        check(network, plan) {}
  Prepared(const Prepared&) = delete;  // its members refer to each other
  Prepared& operator=(const Prepared&) = delete;

  models::BitWidths widths;
  models::IntegerNetwork network;
  tb::Elf program;
  models::Machine machine;
  models::Plan plan;
  std::vector<double> operand_waits;
  ConstantsPacker constants;
  TileCheck check;
};

std::vector<std::uint8_t> random_bytes(std::size_t count) {
  std::mt19937 engine(1);
  std::vector<std::uint8_t> bytes(count);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(engine()); });
  return bytes;
}

}  // namespace

class Measurement::Impl {
 public:
  Impl(const tb::Target& target, const models::Graph& graph,
       const std::function<void(std::string_view)>& on_build, StopToken stop)
      : target_(target),
        graph_(graph),
        surroundings_(graph_),
        cluster_(target, tb::ClusterOptions{.on_build = on_build}),
        execution_(cluster_) {
    execution_.stop_with(stop);
    execution_.write(n::L1Base, random_bytes(target.geometry.l1_bytes));
    execution_.write(n::L2Base, random_bytes(target.l2.bytes));
    first_state_ = cluster_.save();
  }

  std::optional<Latency> run(const WantedLatency& wanted, Fidelity fidelity,
                             const std::function<bool()>& go_on) {
    prepare(surroundings_.of(wanted));
    const Excerpt excerpt = make_excerpt(prepared_->plan, wanted.layer, fidelity);
    load(excerpt, wanted.layer);
    const Execution::Where where = [&](std::size_t s) {
      return graph_.layers[excerpt.steps[std::min(s, excerpt.steps.size() - 1)].layer].name;
    };
    Waits waits(prepared_->plan, prepared_->machine, excerpt);
    Sum sum(cluster_.cores());
    double inherited = 0;  // what the layer's operands took beside the last kernel before it
    std::size_t checked = 0;
    bring_constants(excerpt, 0, wanted.layer);
    execution_.advance(0, 0, where);
    StepCounts before = execution_.counts();
    for (std::size_t i = 0; i < excerpt.steps.size(); ++i) {
      const ExcerptStep& step = excerpt.steps[i];
      if (step.wanted) checked += begin_check(excerpt, i, fidelity);
      execution_.advance(i + 1, excerpt.plan.steps[i].cycles, where);
      prepared_->check.end(cluster_);
      if (i + 1 < excerpt.steps.size()) bring_constants(excerpt, i + 1, wanted.layer);
      const StepCounts now = execution_.counts();
      const StepCost c = cost(before, now);
      before = now;
      if (!go_on()) return std::nullopt;
      waits.measured(i, c.cycles);
      if (step.wanted) sum.add(c, step.count, step.kind);
      if (!step.leads_over || !loads(excerpt.plan.steps[i])) continue;
      if (step.wanted) {
        sum.wait(-c.waiting);
      } else {
        inherited = c.waiting;
      }
    }
    execution_.finish(excerpt.plan.steps.size(), where);
    if (checked == 0)
      throw std::logic_error("layer " + where(excerpt.steps.size()) + ": no tile was compared");
    sum.wait(inherited);
    return latency(sum, waits.waited(wanted.layer, excerpt.steps.back().origin), wanted.layer);
  }

 private:
  void prepare(const models::BitWidths& widths) {
    if (!prepared_ || !(prepared_->widths == widths))
      prepared_ = std::make_unique<Prepared>(target_, graph_, widths);
  }

  /// Every measurement begins with the same state of the whole cluster.
  void load(const Excerpt& excerpt, std::size_t layer) {
    cluster_.restore(first_state_);
    for (const models::TensorId input : graph_.layers[layer].inputs) {
      const models::TensorPlace& place = prepared_->plan.tensors[input];
      if (place.in_l3) execution_.write(place.address, random_bytes(place.bytes));
    }
    execution_.load(prepared_->program, step_images(prepared_->network, excerpt.plan,
                                                    prepared_->machine, prepared_->program));
  }

  /// To where the transfers of the step that begins read them: constants that stream share places.
  void bring_constants(const Excerpt& excerpt, std::size_t step, std::size_t layer) {
    for (const Move& move : excerpt.plan.steps[step].moves) {
      if (move.kind != Move::Kind::LoadConstants) continue;
      const models::Constants& c = prepared_->plan.constants[move.what];
      if (c.layer != layer) continue;
      const bool direct = c.where == models::Constants::Where::Direct;
      execution_.write(direct ? c.l3 : c.l2, prepared_->constants.bytes(c));
    }
  }

  /// Whether the tile of the step that begins will be compared. In full fidelity all are; otherwise
  /// the constants of a tile may have come with one that is left out.
  bool begin_check(const Excerpt& excerpt, std::size_t index, Fidelity fidelity) {
    const models::Step& step = excerpt.plan.steps[index];
    if (!step.layer) return false;
    std::vector<std::uint8_t> constants;
    for (const models::Constants& c : prepared_->plan.constants) {
      if (c.layer == *step.layer && c.c == step.tile.c) constants = prepared_->constants.bytes(c);
    }
    if (prepared_->check.begin(cluster_, step, constants)) return true;
    if (fidelity == Fidelity::Sampled) return false;
    throw std::logic_error("layer " + graph_.layers[*step.layer].name +
                           ": a tile's constants are not where its plan has them");
  }

  [[nodiscard]] Latency latency(Sum& sum, double l3_wait, std::size_t layer) const {
    sum.wait(l3_wait);
    Latency latency = sum.latency();
    latency.l3_wait = static_cast<std::uint64_t>(std::llround(l3_wait));
    latency.operand_wait =
        static_cast<std::uint64_t>(std::llround(prepared_->operand_waits[layer]));
    return latency;
  }

  tb::Target target_;
  models::Graph graph_;
  Surroundings surroundings_;
  tb::Cluster cluster_;
  Execution execution_;
  std::vector<std::uint8_t> first_state_;
  std::unique_ptr<Prepared> prepared_;
};

Measurement::Measurement(const tb::Target& target, const models::Graph& graph,
                         const std::function<void(std::string_view)>& on_build, StopToken stop)
    : impl_(std::make_unique<Impl>(target, graph, on_build, stop)) {}
Measurement::~Measurement() = default;
Measurement::Measurement(Measurement&&) noexcept = default;

std::optional<Latency> Measurement::run(const WantedLatency& wanted, Fidelity fidelity,
                                        const std::function<bool()>& go_on) {
  return impl_->run(wanted, fidelity, go_on);
}

}  // namespace freebits::profiler
