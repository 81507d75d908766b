// SPDX-License-Identifier: Apache-2.0
#include "search/methods/exact.hpp"

#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class Exact final : public Method {
 public:
  Exact()
      : Method({.name = "exact",
                .description = "integer programming over the latency table and sensitivities",
                .uses_sensitivities = true,
                .uses_fractions = true,
                .refines = true}) {}

  /// Each fraction, and the budget where there is one.
  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    std::vector<Proposal> all;
    for (const double fraction : context.options.fractions) {
      if (auto proposal = at(context, fraction)) all.push_back(std::move(*proposal));
    }
    if (!context.options.budget) return all;
    const ExactAssignment exact(context.graph, context.table, *context.sensitivities, context.stop);
    if (auto widths = exact.least_rise(*context.options.budget))
      all.push_back(labelled("exact budget", std::move(*widths)));
    return all;
  }

  [[nodiscard]] std::optional<Proposal> at(const MethodContext& context,
                                           double fraction) const override {
    auto front =
        exact_front(context.graph, context.table, *context.sensitivities, {fraction}, context.stop);
    if (front.empty()) return std::nullopt;
    return with_fraction(fraction, std::move(front.front()));
  }
};

}  // namespace

const Method& exact_method() {
  static const Exact method;
  return method;
}

}  // namespace freebits::search
