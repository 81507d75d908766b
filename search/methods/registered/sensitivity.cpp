// SPDX-License-Identifier: Apache-2.0
#include "search/methods/greedy.hpp"
#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class Greedy final : public Method {
 public:
  Greedy()
      : Method({.name = "sensitivity",
                .description = "the greedy baseline: the smallest sensitivity first",
                .uses_sensitivities = true,
                .uses_fractions = true}) {}

  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    const auto path = sensitivity_path(context.graph, context.table, *context.sensitivities);
    std::vector<Proposal> all;
    for (const double fraction : context.options.fractions) {
      for (models::BitWidths& widths : along(path, context.graph, context.table, {fraction}))
        all.push_back(with_fraction(fraction, std::move(widths)));
    }
    return all;
  }
};

}  // namespace

const Method& sensitivity_method() {
  static const Greedy method;
  return method;
}

}  // namespace freebits::search
