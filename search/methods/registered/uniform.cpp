// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "search/methods/method.hpp"

namespace freebits::search {
namespace {

class Uniform final : public Method {
 public:
  Uniform()
      : Method({.name = "uniform",
                .description = "the same bit-width everywhere",
                .uses_table = false,
                .is_baseline = true}) {}

  [[nodiscard]] std::vector<Proposal> propose(const MethodContext& context) const override {
    std::vector<Proposal> all;
    for (const unsigned bits : context.options.baselines)
      all.push_back(labelled(fmt::format("{} bit", bits), models::uniform(context.graph, bits)));
    return all;
  }

  [[nodiscard]] std::size_t most_proposals(const MethodOptions& options) const override {
    return options.baselines.size();
  }
};

}  // namespace

const Method& uniform_method() {
  static const Uniform method;
  return method;
}

}  // namespace freebits::search
