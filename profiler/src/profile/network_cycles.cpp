// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>
#include <vector>

#include "freebits/models/deploy/stream_timeline.hpp"
#include "freebits/profiler/profile.hpp"
#include "network/program.hpp"
#include "profile/bare_network.hpp"

namespace freebits::profiler {
namespace {

/// Cycles of the layers, but what they waited for weights from L3.
std::vector<double> working_cycles(const LatencyTable& table, const models::Graph& graph,
                                   const models::BitWidths& widths) {
  std::vector<double> cycles;
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    const LayerBits bits = layer_bits(graph, widths, layer);
    const std::uint64_t all = table.cycles(layer, bits);
    cycles.push_back(static_cast<double>(all - table.find(layer, bits)->l3_wait));
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
    (void)timeline.step(static_cast<double>(plan.steps[s].cycles) * cycles[layer] /
                        estimate[layer]);
  }
  return timeline.waited();
}

}  // namespace

std::uint64_t network_cycles(const tb::Target& target, const LatencyTable& table,
                             const models::Graph& graph, const models::BitWidths& widths) {
  const std::vector<double> cycles = working_cycles(table, graph, widths);
  const double sum = std::accumulate(cycles.begin(), cycles.end(), 0.0);
  const auto total = [&](double wait) {
    return static_cast<std::uint64_t>(std::llround(sum + wait));
  };
  if (target.l3.bytes == 0) return total(0);
  const models::IntegerNetwork network = bare_network(graph, widths);
  if (make_plan(network, machine_before_linking(target)).streams.empty()) return total(0);
  const tb::Elf program = link_network_program(target.level, models::kernel_layers(network));
  const models::Machine machine = machine_of(target, program);
  return total(l3_wait(make_plan(network, machine), machine, cycles));
}

}  // namespace freebits::profiler
