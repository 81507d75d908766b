// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "deploy/image/program.hpp"
#include "deploy/plan/operand_waits.hpp"
#include "deploy/plan/stream_timeline.hpp"
#include "profiler/network/stand_in.hpp"
#include "profiler/profile/profile.hpp"

namespace freebits::profiler {
namespace {

/// Cycles of the layers, but what they waited for weights from L3 and for their first operands.
std::vector<double> working_cycles(const LatencyTable& table, const models::Graph& graph,
                                   const models::BitWidths& widths) {
  std::vector<double> cycles;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    const LayerBits bits = layer_bits(graph, widths, layer);
    const auto all = static_cast<double>(table.cycles(layer, bits));
    const LatencyEntry& entry = *table.find(layer, bits);
    cycles.push_back(std::max(0.0, all - static_cast<double>(entry.l3_wait + entry.operand_wait)));
  }
  return cycles;
}

/// What a network waits for weights from L3 whose layers work so long, each of their steps its
/// share by the cost model.
double l3_wait(const models::Plan& plan, const models::Machine& machine,
               const std::vector<double>& cycles) {
  std::vector<double> estimate(plan.layers.size(), 0.0);
  for (std::size_t s = 0; s < plan.steps.size(); ++s)
    estimate[layer_of(plan, s)] += static_cast<double>(plan.steps[s].cycles);
  models::StreamTimeline timeline(plan, machine);
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const std::size_t layer = layer_of(plan, s);
    timeline.step(static_cast<double>(plan.steps[s].cycles) * cycles[layer] / estimate[layer]);
  }
  return timeline.waited();
}

/// Of the cycles in which both DMAs are at L2, so many does the one that feeds L1 lose. Measured:
/// MobileNetV2 0.35 at 96, three levels.
constexpr double kLostAtL2 = 1.2;

/// What layers take longer while weights stream from L3 to L2.
double contention(const models::Plan& plan, const models::Machine& machine, double cycles) {
  double streamed = 0, moved = 0;
  for (const models::Stream& stream : plan.streams) streamed += stream.bytes;
  for (const models::Step& step : plan.steps) {
    for (const models::Move& m : step.moves)
      moved += static_cast<double>(
          models::transfer_cycles(machine, std::uint64_t{m.bytes} * m.rows, m.bytes));
  }
  constexpr double kBytesPerCycle = 8;  // of L2's port
  return kLostAtL2 * streamed / kBytesPerCycle * moved / cycles;
}

}  // namespace

std::uint64_t network_cycles(const tb::Target& target, const LatencyTable& table,
                             const models::Graph& graph, const models::BitWidths& widths) {
  const models::IntegerNetwork network = bare_network(graph, widths);
  models::Machine machine = machine_before_linking(target);
  models::Plan plan = make_plan(network, machine);
  if (!plan.streams.empty()) {
    machine =
        machine_of(target, link_network_program(target.level, models::kernel_layers(network)));
    plan = make_plan(network, machine);
  }
  std::vector<double> cycles = working_cycles(table, graph, widths);
  std::ranges::transform(cycles, models::operand_waits(plan, machine), cycles.begin(),
                         std::plus<>());
  const double sum = std::accumulate(cycles.begin(), cycles.end(), 0.0);
  return static_cast<std::uint64_t>(
      std::llround(sum + contention(plan, machine, sum) + l3_wait(plan, machine, cycles)));
}

}  // namespace freebits::profiler
