// SPDX-License-Identifier: Apache-2.0
// The steps of a network's plan that have to be simulated.
#pragma once

#include <cstddef>
#include <vector>

#include "deploy/plan/plan.hpp"
#include "profiler/profile/profile.hpp"

namespace freebits::profiler {

struct ExcerptStep {
  std::size_t origin = 0;  ///< in the whole plan
  std::size_t layer = 0;   ///< it belongs to
  bool wanted = true;      ///< otherwise run only for the state that it leaves behind
  bool leads_over =
      false;             ///< the layer's last kernel, beside which the next layer's operands come
  std::size_t kind = 0;  ///< steps of a layer with the same number take about the same time
  double count = 1;      ///< so many steps of the plan are like this one
};

/// A plan with some steps of another plan: the last kernel of each of the two layers before a
/// layer, and then steps of that layer. The first kernel brings its code into the instruction
/// cache, the second one also loads the first operands of the layer. Weights that stream from L3
/// are in L2 from the start; how long steps wait for them, and how their transfer slows others
/// down, is computed (network_cycles.cpp).
struct Excerpt {
  models::Plan plan;
  std::vector<ExcerptStep> steps;  ///< of plan.steps, but for the last
};

[[nodiscard]] Excerpt make_excerpt(const models::Plan& plan, std::size_t layer, Fidelity fidelity);

}  // namespace freebits::profiler
