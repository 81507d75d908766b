// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/builders/family.hpp"

namespace freebits::models {
namespace {

void append(Chain& chain, const KeyValues& values) {
  constexpr unsigned kFilters = 64, kBlocks = 4;
  chain.conv("stem", 10, 4, 2, kFilters, Activation::Relu);
  for (unsigned block = 1; block <= kBlocks; ++block) {
    chain.depthwise(fmt::format("block{}.depthwise", block), 1, Activation::Relu);
    chain.pointwise(fmt::format("block{}.pointwise", block), kFilters, Activation::Relu);
  }
  chain.classify(values.whole("classes"));
}

}  // namespace

const NetworkFamily& ds_cnn_family() {
  static const NetworkFamily family{
      .name = "ds_cnn",
      .description = "DS-CNN for keyword spotting (Zhang et al. 2017) as in MLPerf Tiny",
      .keys = rectangle_keys({10, 4, 1}, {49, 10, 1}, 12),
      .append = append,
      .published = {{"", 2.66, 0.1}}};
  return family;
}

}  // namespace freebits::models
