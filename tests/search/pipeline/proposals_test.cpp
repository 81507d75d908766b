// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/proposals.hpp"

#include <gtest/gtest.h>

#include "../methods/random_tables.hpp"
#include "models/builders/builders.hpp"

namespace freebits::search {
namespace {

TEST(Proposals, CountBitOperationsAndBytes) {
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

TEST(Proposals, OfEveryMethodFitTheGraphAndTheirBudget) {
  const models::Graph graph = models::build_network("resnet8:resolution=32,classes=10");
  test::RandomLayers random(3);
  const auto table = test::random_table(graph, random);
  const Sensitivities s = test::random_sensitivities(graph, random);
  const auto cycles = [&](const Proposal& p) {
    return profiler::total_cycles(table, graph, p.widths);
  };
  const std::vector<Priced> priced = {{0.1, models::uniform(graph, 4)},
                                      {0.2, models::uniform(graph, 2)}};
  const auto free = free_bits_proposals(graph, table, priced, &s);
  ASSERT_EQ(free.size(), 6U);
  for (std::size_t i = 0; i < free.size(); i += 3) {
    EXPECT_EQ(free[i].origin, Origin::Bop);
    EXPECT_LE(cycles(free[i + 2]), cycles(free[i]));
    EXPECT_LE(predicted_rise(s, free[i + 2].widths), predicted_rise(s, free[i].widths));
  }
  for (const auto& p : latency_proposals(graph, table, priced, &s))
    EXPECT_NO_THROW(models::check(graph, p.widths));
  const auto exact = exact_proposals(graph, table, s, {0.2, 0.8});
  const auto greedy = sensitivity_proposals(graph, table, s, {0.2, 0.8});
  ASSERT_EQ(exact.size(), 2U);
  ASSERT_EQ(greedy.size(), 2U);
  EXPECT_LT(cycles(exact[1]), cycles(exact[0]));
  EXPECT_EQ(exact[0].label(), "exact 20 %");
  const auto within = budget_proposal(graph, table, s, cycles(exact[0]));
  ASSERT_TRUE(within);
  EXPECT_LE(cycles(*within), cycles(exact[0]));
  EXPECT_FALSE(budget_proposal(graph, table, s, 1));
}

}  // namespace
}  // namespace freebits::search
