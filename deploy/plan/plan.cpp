// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/plan.hpp"

#include <optional>
#include <utility>

#include "deploy/plan/room.hpp"
#include "deploy/plan/schedule.hpp"
#include "freebits/network_program.h"

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

bool moves_tensor_in_l3(const Plan& plan, const Move& move) {
  return move.kind != Move::Kind::LoadConstants && plan.tensors[move.what].in_l3;
}

std::uint32_t step_bytes(const Plan& plan, std::size_t step) {
  const Step& s = plan.steps[step];
  const std::size_t next = step + 1 < plan.steps.size() ? 1 : 0;  // it brings the next one
  const std::size_t transfers = s.moves.size() + s.streams + next;
  return static_cast<std::uint32_t>((sizeof(fb_step) + transfers * sizeof(fb_step_transfer) + 7) /
                                    8 * 8);
}

namespace {

using Inputs = std::vector<std::vector<TensorId>>;

/// Layers, tilings and which tensors are in L3: as of `tiled`.
Plan scheduled(const Plan& tiled, const Machine& machine, const Inputs& inputs) {
  Plan plan;
  plan.layers = tiled.layers;
  plan.tilings = tiled.tilings;
  for (const TensorPlace& tensor : tiled.tensors) plan.tensors.emplace_back().in_l3 = tensor.in_l3;
  schedule(plan, machine, inputs);
  return plan;
}

Outside where(const Plan& plan, TensorId tensor) {
  return plan.tensors[tensor].in_l3 ? Outside::L3 : Outside::L2;
}

Tiling tiling_of(const Plan& plan, const Machine& machine, const Inputs& inputs,
                 std::size_t layer) {
  return choose_tiling(machine, plan.layers[layer],
                       {.input = where(plan, inputs[layer].front()),
                        .second = where(plan, inputs[layer].back()),
                        .output = where(plan, layer + 1)});
}

/// Layers with steps that only load between their kernels.
std::vector<std::size_t> stalled_layers(const Plan& plan) {
  std::vector<std::size_t> stalled;
  std::optional<std::size_t> last;
  for (std::size_t s = 0; s + 1 < plan.steps.size(); ++s) {
    if (plan.steps[s].layer) {
      last = plan.steps[s].layer;
    } else if (last == layer_of(plan, s) && (stalled.empty() || stalled.back() != *last)) {
      stalled.push_back(*last);
    }
  }
  return stalled;
}

/// What a layer finds in L1 of the one before may lie so that its tiles, though they would fit, do
/// not: operands then come when a kernel is done, not beside it. Such a layer gets smaller tiles
/// where that is faster.
Plan with_room(Plan plan, const Machine& machine, const Inputs& inputs) {
  for (const std::size_t layer : stalled_layers(plan)) {
    for (const std::uint32_t part : {32U, 16U, 8U}) {
      Machine smaller = machine;
      smaller.l1_end -= (machine.l1_end - machine.l1_begin) / part;
      if (least_l1_bytes(smaller, plan.layers[layer]) > smaller.l1_end - smaller.l1_begin) break;
      Plan other = plan;
      other.tilings[layer] = tiling_of(plan, smaller, inputs, layer);
      other = scheduled(other, machine, inputs);
      if (other.cycles() < plan.cycles()) plan = std::move(other);
    }
  }
  return plan;
}

std::vector<bool> in_l3(const Plan& plan) {
  std::vector<bool> all;
  for (const TensorPlace& tensor : plan.tensors) all.push_back(tensor.in_l3);
  return all;
}

}  // namespace

Plan make_plan(const IntegerNetwork& network, const Machine& machine) {
  expect_room(network, machine);
  Inputs inputs;
  for (const IntegerLayer& layer : network.layers) inputs.push_back(layer.inputs);
  Plan plan;
  plan.layers = kernel_layers(network);
  plan.tilings.resize(plan.layers.size());
  plan.tensors.resize(plan.layers.size() + 1);
  // Tiles suit where the tensors are, which is known once all have been placed.
  for (std::vector<bool> expected = in_l3(plan);; expected = in_l3(plan)) {
    for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
      plan.tilings[layer] = tiling_of(plan, machine, inputs, layer);
    plan = with_room(scheduled(plan, machine, inputs), machine, inputs);
    place(plan, machine, empty_tensors(network));
    if (in_l3(plan) == expected) return plan;
  }
}

}  // namespace freebits::models
