// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/operand_waits.hpp"

#include <algorithm>

namespace freebits::models {
namespace {

bool loads(const Step& step) {
  return std::ranges::any_of(step.moves, [](const Move& m) { return m.kind != Move::Kind::Store; });
}

/// What a step takes longer than its kernel.
double beside_kernel(const Plan& plan, const Machine& machine, const Step& step) {
  const std::size_t layer = *step.layer;
  const std::uint64_t kernel =
      kernel_cycles(machine, plan.layers[layer], step.tile, plan.tilings[layer].scratch_bytes) +
      kStepCycles;
  return step.cycles > kernel ? static_cast<double>(step.cycles - kernel) : 0.0;
}

}  // namespace

std::vector<double> operand_waits(const Plan& plan, const Machine& machine) {
  std::vector<double> waits(plan.layers.size(), 0.0);
  std::size_t begun = 0;  // layers of which there has been a kernel
  for (std::size_t s = 0; s + 1 < plan.steps.size(); ++s) {
    const Step& step = plan.steps[s];
    const std::size_t layer = layer_of(plan, s);
    if (!step.layer) {
      if (layer == begun) waits[layer] += static_cast<double>(step.cycles);
      continue;
    }
    begun = layer + 1;
    const std::size_t next = layer_of(plan, s + 1);
    if (next != layer && loads(step)) waits[next] += beside_kernel(plan, machine, step);
  }
  return waits;
}

}  // namespace freebits::models
