// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/bops.hpp"

#include <gtest/gtest.h>

#include "models/builders/builders.hpp"

namespace freebits::search {
namespace {

TEST(Bops, CountBitOperationsAndBytes) {
  const models::Graph graph =
      models::build_network("mobilenet_v1:width=0.25,resolution=32,classes=10");
  const models::BitWidths eight = models::uniform(graph, 8);
  EXPECT_EQ(bops(graph, eight), 64 * models::macs(graph));
  const std::uint64_t weights = weight_bytes(graph, eight);
  EXPECT_EQ(weight_bytes(graph, models::uniform(graph, 4)), (weights + 1) / 2);
  models::BitWidths mixed = eight;
  const std::size_t layer = 2;  // a pointwise convolution
  mixed.weights[layer] = 2;
  const auto shapes = models::shapes(graph);
  EXPECT_EQ(bops(graph, eight) - bops(graph, mixed),
            48 * models::macs(graph.layers[layer], shapes[layer], shapes[layer + 1]));
}

}  // namespace
}  // namespace freebits::search
