// SPDX-License-Identifier: Apache-2.0
#include "search/methods/hardware_pass.hpp"
#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class Latency final : public Method {
 public:
  Latency()
      : Method({.name = "latency",
                .description = "the differentiable search with the latency cost, then the "
                               "hardware-aware pass of this project",
                .start = Start::LatencySearch,
                .uses_sensitivities = true}) {}

  /// The pass finds what gates have left.
  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    return {with_strength(
        context.strength,
        freebits_pass(context.graph, context.table, *context.searched, context.sensitivities))};
  }
};

}  // namespace

const Method& latency_method() {
  static const Latency method;
  return method;
}

}  // namespace freebits::search
