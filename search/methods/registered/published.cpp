// SPDX-License-Identifier: Apache-2.0
#include "search/methods/hardware_pass.hpp"
#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class Published final : public Method {
 public:
  Published()
      : Method({.name = "published",
                .description = "bop, then the hardware-aware pass as the paper publishes it",
                .start = Start::BopSearch}) {}

  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    return {with_strength(context.strength,
                          published_pass(context.graph, context.table, *context.searched))};
  }
};

}  // namespace

const Method& published_method() {
  static const Published method;
  return method;
}

}  // namespace freebits::search
