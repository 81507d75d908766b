// SPDX-License-Identifier: Apache-2.0
#include "freebits/models/deploy/plan.hpp"

#include "freebits/network_program.h"
#include "schedule.hpp"

namespace freebits::models {

std::uint64_t Plan::cycles() const {
  std::uint64_t sum = 0;
  for (const Step& step : steps) sum += step.cycles;
  return sum;
}

std::size_t layer_of(const Plan& plan, std::size_t step) {
  for (std::size_t s = step; s < plan.steps.size(); ++s) {
    if (plan.steps[s].layer) return *plan.steps[s].layer;
  }
  return plan.layers.size() - 1;
}

std::uint32_t step_bytes(const Plan& plan, std::size_t step) {
  const Step& s = plan.steps[step];
  const std::size_t next = step + 1 < plan.steps.size() ? 1 : 0;  // it brings the next one
  const std::size_t transfers = s.moves.size() + s.streams + next;
  return static_cast<std::uint32_t>((sizeof(fb_step) + transfers * sizeof(fb_step_transfer) + 7) /
                                    8 * 8);
}

Plan make_plan(const IntegerNetwork& network, const Machine& machine) {
  Plan plan;
  plan.layers = kernel_layers(network);
  std::vector<std::vector<TensorId>> inputs;
  for (const IntegerLayer& layer : network.layers) inputs.push_back(layer.inputs);
  for (const KernelLayer& layer : plan.layers)
    plan.tilings.push_back(choose_tiling(machine, layer));
  schedule(plan, machine, inputs);
  place(plan, machine, empty_tensors(network));
  return plan;
}

}  // namespace freebits::models
