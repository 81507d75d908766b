// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/builders/builders.hpp"
#include "models/builders/chain.hpp"

namespace freebits::models {

Graph ds_cnn(unsigned height, unsigned width, unsigned channels, unsigned classes) {
  constexpr unsigned kFilters = 64, kBlocks = 4;
  Graph graph{.name = fmt::format("ds_cnn:height={},width={},channels={},classes={}", height, width,
                                  channels, classes),
              .input = {height, width, channels},
              .layers = {}};
  Chain chain(graph);
  chain.conv("stem", 10, 4, 2, kFilters, Activation::Relu);
  for (unsigned block = 1; block <= kBlocks; ++block) {
    chain.depthwise(fmt::format("block{}.depthwise", block), 1, Activation::Relu);
    chain.pointwise(fmt::format("block{}.pointwise", block), kFilters, Activation::Relu);
  }
  chain.classify(classes);
  return graph;
}

}  // namespace freebits::models
