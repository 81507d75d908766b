// SPDX-License-Identifier: Apache-2.0
// Variables, the hardware-aware pass, exact assignment and the greedy baseline, judged by all
// networks there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "models/builders/builders.hpp"
#include "random_tables.hpp"
#include "search/methods/exact.hpp"
#include "search/methods/greedy.hpp"
#include "search/methods/hardware_pass.hpp"

namespace freebits::test {
namespace {

using models::BitWidths;
using models::Graph;
using profiler::LatencyTable;
using profiler::total_cycles;
using search::Sensitivities;

constexpr unsigned kMostVariables = 9;  // 19683 networks

/// A random problem small enough to look at every network.
struct Problem {
  explicit Problem(std::uint64_t seed) : graphs(seed) {
    do {
      graph = graphs.graph();
    } while (search::Variables(graph).size() > kMostVariables);
    table = random_table(graph, graphs.random());
    sensitivities = random_sensitivities(graph, graphs.random());
  }
  /// Random widths of the variables, the rest 8.
  BitWidths widths() {
    BitWidths w = models::uniform(graph, 8);
    const search::Variables variables(graph);
    for (std::size_t v = 0; v < variables.size(); ++v)
      variables.set(w, v, models::kBitWidths[graphs.random().below(3)]);
    return w;
  }
  [[nodiscard]] std::uint64_t cycles(const BitWidths& w) const {
    return total_cycles(table, graph, w);
  }
  [[nodiscard]] double rise(const BitWidths& w) const { return predicted_rise(sensitivities, w); }

  RandomGraphs graphs;
  Graph graph;
  LatencyTable table;
  Sensitivities sensitivities;
};

bool at_or_above(const BitWidths& a, const BitWidths& b) {
  return std::ranges::equal(a.weights, b.weights, std::greater_equal{}) &&
         std::ranges::equal(a.activations, b.activations, std::greater_equal{});
}

class Assignment : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Assignment, VariablesCoverEveryFreeWidthOnce) {
  Problem p(GetParam());
  std::size_t count = 0;
  std::vector<BitWidths> seen;
  for_all_widths(p.graph, [&](const BitWidths& w) {
    ++count;
    EXPECT_NO_THROW(models::check(p.graph, w));
    EXPECT_NO_THROW((void)p.cycles(w));
    EXPECT_EQ(w.activations.front(), 8U);
    EXPECT_EQ(w.activations.back(), 8U);
    if (count <= 100) seen.push_back(w);
  });
  std::size_t expected = 1;
  for (std::size_t i = 0; i < search::Variables(p.graph).size(); ++i) expected *= 3;
  EXPECT_EQ(count, expected);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(seen[i] == seen[j]);
  }
}

TEST_P(Assignment, RaisingNeverCostsCyclesAndEndsWhereNoLayerGains) {
  Problem p(GetParam());
  const BitWidths start = p.widths();
  const BitWidths end = search::freebits_pass(p.graph, p.table, start, nullptr);
  EXPECT_TRUE(at_or_above(end, start));
  EXPECT_LE(p.cycles(end), p.cycles(start));
  EXPECT_EQ(search::freebits_pass(p.graph, p.table, end, nullptr), end);
  // No single width that is left can be raised without cost.
  const search::Variables variables(p.graph);
  for (std::size_t v = 0; v < variables.size(); ++v) {
    for (const unsigned bits : models::kBitWidths) {
      if (bits <= variables.get(end, v)) continue;
      BitWidths other = end;
      variables.set(other, v, bits);
      EXPECT_GT(p.cycles(other), p.cycles(end));
    }
  }
}

TEST_P(Assignment, LoweringKeepsThePredictedRiseAndSavesCycles) {
  Problem p(GetParam());
  const BitWidths start = p.widths();
  const BitWidths raised = search::freebits_pass(p.graph, p.table, start, nullptr);
  const BitWidths end = search::freebits_pass(p.graph, p.table, start, &p.sensitivities);
  EXPECT_LE(p.cycles(end), p.cycles(raised));
  EXPECT_LE(p.rise(end), p.rise(start));
}

TEST_P(Assignment, LeastRiseIsThatOfAllNetworks) {
  Problem p(GetParam());
  const search::ExactAssignment exact(p.graph, p.table, p.sensitivities);
  const BitWidths some = p.widths();
  const std::uint64_t budget = p.cycles(some);
  const auto found = exact.least_rise(budget);
  ASSERT_TRUE(found);
  double least = p.rise(some);
  for_all_widths(p.graph, [&](const BitWidths& w) {
    if (p.cycles(w) <= budget) least = std::min(least, p.rise(w));
  });
  EXPECT_LE(p.cycles(*found), budget);
  EXPECT_NEAR(p.rise(*found), least, 1e-3);
}

TEST_P(Assignment, FewestCyclesAreThoseOfAllNetworks) {
  Problem p(GetParam());
  const search::ExactAssignment exact(p.graph, p.table, p.sensitivities);
  const double budget = p.rise(p.widths());
  const auto found = exact.fewest_cycles(budget);
  ASSERT_TRUE(found);
  std::uint64_t least = ~std::uint64_t{0}, fastest = least;
  for_all_widths(p.graph, [&](const BitWidths& w) {
    fastest = std::min(fastest, p.cycles(w));
    if (p.rise(w) <= budget) least = std::min(least, p.cycles(w));
  });
  EXPECT_LE(p.rise(*found), budget + 1e-5);
  EXPECT_EQ(p.cycles(*found), least);
  EXPECT_EQ(p.cycles(exact.fastest()), fastest);
  EXPECT_FALSE(exact.least_rise(fastest - 1));
}

TEST_P(Assignment, GreedyPathSavesCyclesAtEachStep) {
  Problem p(GetParam());
  const auto path = search::sensitivity_path(p.graph, p.table, p.sensitivities);
  EXPECT_EQ(path.front(), models::uniform(p.graph, 8));
  for (std::size_t i = 1; i < path.size(); ++i) {
    EXPECT_LT(p.cycles(path[i]), p.cycles(path[i - 1]));
    EXPECT_TRUE(at_or_above(path[i - 1], path[i]));
  }
  const auto some = search::along(path, p.graph, p.table, {0, 0.5, 1});
  EXPECT_EQ(some.front(), path.front());
  EXPECT_EQ(some.back(), path.back());
  // Exact assignment is never worse at equal cycles.
  const search::ExactAssignment exact(p.graph, p.table, p.sensitivities);
  const auto best = exact.least_rise(p.cycles(path.back()));
  ASSERT_TRUE(best);
  EXPECT_LE(p.rise(*best), p.rise(path.back()) + 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Assignment, testing::Range<std::uint64_t>(1, 13));

/// Two convolutions read what a third makes: one is much faster, the other slower with 8 bits.
TEST(FreeBits, DecidesATensorOfTwoReadersForBoth) {
  const auto layer = [](const char* name, models::TensorId in) {
    return models::Layer{.name = name, .inputs = {in}, .out_channels = 4, .batch_norm = true};
  };
  Graph graph{.name = "fork", .input = {4, 4, 4}, .layers = {}};
  graph.layers = {layer("stem", 0), layer("left", 1), layer("right", 1)};
  graph.layers.push_back({.name = "sum", .kind = models::LayerKind::Add, .inputs = {2, 3}});
  LatencyTable table{.target = "fork", .layers = {}};
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    auto& entries = table.layers.emplace_back();
    for (const auto& bits : profiler::layer_choices(graph, i)) {
      std::uint64_t cycles = 100 + bits.weights;
      if (i == 1 && bits.in[0] == 8) cycles -= 20;
      if (i == 2 && bits.in[0] == 8) cycles += 30;
      entries.push_back({.bits = bits, .cycles = cycles});
    }
  }
  BitWidths start = models::uniform(graph, 4);
  start.activations.back() = 8;
  EXPECT_EQ(search::freebits_pass(graph, table, start, nullptr).activations[1], 4U);
  // The published pass looks at one layer at a time.
  EXPECT_EQ(search::published_pass(graph, table, start).activations[1], 8U);
}

TEST(LatencyTable, NamesTheEntryItLacks) {
  const Graph graph = models::build_network("resnet8:resolution=32,classes=10");
  RandomLayers random(1);
  LatencyTable table = random_table(graph, random);
  table.layers[2].erase(table.layers[2].begin());
  EXPECT_THROW((void)total_cycles(table, graph, models::uniform(graph, 2)), std::out_of_range);
  EXPECT_NO_THROW((void)total_cycles(table, graph, models::uniform(graph, 8)));
}

/// The size of what is searched in earnest.
TEST(ExactAssignment, SolvesAMobileNet) {
  const Graph graph = models::build_network("mobilenet_v2:width=0.35,resolution=32,classes=10");
  RandomLayers random(7);
  const LatencyTable table = random_table(graph, random);
  const Sensitivities s = random_sensitivities(graph, random);
  const auto front = search::exact_front(graph, table, s, {0, 0.25, 0.5, 0.75, 1});
  ASSERT_EQ(front.size(), 5U);
  for (std::size_t i = 1; i < front.size(); ++i) {
    EXPECT_LT(total_cycles(table, graph, front[i]), total_cycles(table, graph, front[i - 1]));
    EXPECT_GE(predicted_rise(s, front[i]), predicted_rise(s, front[i - 1]));
  }
}

TEST(ExactAssignment, StopsWhenItIsAskedTo) {
  const Problem p(1);
  const std::atomic<bool> stop = true;
  const search::ExactAssignment exact(p.graph, p.table, p.sensitivities, stop);
  EXPECT_THROW((void)exact.fastest(), Interrupted);
}

}  // namespace
}  // namespace freebits::test
