// SPDX-License-Identifier: Apache-2.0
#include "search/methods/hardware_pass.hpp"
#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class FreeBits final : public Method {
 public:
  FreeBits()
      : Method({.name = "freebits",
                .description = "bop, then the hardware-aware pass of this project",
                .start = Start::BopSearch,
                .uses_sensitivities = true,
                .with = {"bop", "published"},
                .old_names = {"free_bits"}}) {}

  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    return {with_strength(
        context.strength,
        freebits_pass(context.graph, context.table, *context.searched, context.sensitivities))};
  }
};

}  // namespace

const Method& freebits_method() {
  static const FreeBits method;
  return method;
}

}  // namespace freebits::search
