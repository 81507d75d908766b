// SPDX-License-Identifier: Apache-2.0
#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

/// The search itself is the pipeline's (differentiable.hpp): several methods start from it.
class Bop final : public Method {
 public:
  Bop()
      : Method({.name = "bop",
                .description = "the differentiable search with the BOP cost",
                .start = Start::BopSearch,
                .uses_table = false}) {}

  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    return {with_strength(context.strength, *context.searched)};
  }
};

}  // namespace

const Method& bop_method() {
  static const Bop method;
  return method;
}

}  // namespace freebits::search
