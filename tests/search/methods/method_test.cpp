// SPDX-License-Identifier: Apache-2.0
// What every method that is registered must keep to.
#include "search/methods/method.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "random_tables.hpp"

namespace freebits::search {
namespace {

class EveryMethod : public testing::TestWithParam<const Method*> {
 protected:
  [[nodiscard]] const Method& method() const { return *GetParam(); }
  [[nodiscard]] MethodContext context() const {
    return {.graph = graph,
            .table = table,
            .sensitivities = method().facts().uses_sensitivities ? &sensitivities : nullptr,
            .options = options,
            .searched = method().facts().start == Start::None ? nullptr : &searched,
            .strength = 0.1};
  }
  [[nodiscard]] std::uint64_t cycles(const models::BitWidths& widths) const {
    return profiler::total_cycles(table, graph, widths);
  }

  models::Graph graph = models::build_network("resnet8:resolution=32,classes=10");
  test::RandomLayers random{3};
  profiler::LatencyTable table = test::random_table(graph, random);
  Sensitivities sensitivities = test::random_sensitivities(graph, random);
  MethodOptions options{.fractions = {0.2, 0.8}};
  models::BitWidths searched = models::uniform(graph, 4);
};

TEST_P(EveryMethod, ProposesConfigurationsOfTheGraphUnderItsOwnName) {
  const auto proposals = method().propose(context());
  ASSERT_FALSE(proposals.empty());
  EXPECT_LE(proposals.size(), method().most_proposals(options));
  std::set<std::string> labels;
  for (const Proposal& p : proposals) {
    EXPECT_EQ(p.method, method().facts().name);
    EXPECT_NO_THROW(models::check(graph, p.widths));
    EXPECT_TRUE(labels.insert(p.label).second) << p.label << " stands twice";
    const bool starts = method().facts().start != Start::None;
    EXPECT_EQ(p.strength, starts ? std::optional(0.1) : std::nullopt) << p.label;
  }
}

TEST_P(EveryMethod, ProposesTheSameAgain) {
  const auto once = method().propose(context()), again = method().propose(context());
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].widths, again[i].widths);
}

TEST_P(EveryMethod, SavesMoreCyclesForALargerFraction) {
  if (!method().facts().uses_fractions) GTEST_SKIP() << "it is asked for none";
  std::uint64_t before = cycles(models::uniform(graph, 8));
  double last = 0;
  for (const Proposal& p : method().propose(context())) {
    ASSERT_TRUE(p.fraction);
    EXPECT_GT(*p.fraction, last);
    EXPECT_LT(cycles(p.widths), before) << p.label;
    before = cycles(p.widths);
    last = *p.fraction;
  }
}

TEST_P(EveryMethod, RefinesWhereItSaysSo) {
  const auto between = method().at(context(), 0.5);
  ASSERT_EQ(between.has_value(), method().facts().refines);
  if (between) {
    EXPECT_EQ(between->fraction, 0.5);
  }
}

TEST_P(EveryMethod, SaysWhatItIsInALine) {
  const MethodFacts& facts = method().facts();
  EXPECT_FALSE(facts.description.empty());
  EXPECT_EQ(facts.description.find_first_of("\n()"), std::string_view::npos);
  for (const std::string_view old : facts.old_names) EXPECT_EQ(present_name(old), facts.name);
  EXPECT_EQ(present_name(facts.name), facts.name);
}

INSTANTIATE_TEST_SUITE_P(All, EveryMethod, testing::ValuesIn(all_methods()),
                         [](const auto& info) { return std::string(info.param->facts().name); });

using Passes = EveryMethod;

TEST_P(Passes, NeverCostMoreCyclesOrLossThanWhatTheyStartFrom) {
  for (const Proposal& p : method().propose(context())) {
    EXPECT_LE(cycles(p.widths), cycles(searched)) << p.label;
    EXPECT_LE(predicted_rise(sensitivities, p.widths), predicted_rise(sensitivities, searched));
  }
}

const Method& one(const std::string& name) { return *methods_named({{name}}).back(); }

INSTANTIATE_TEST_SUITE_P(OfThisProject, Passes, testing::Values(&one("freebits"), &one("latency")),
                         [](const auto& info) { return std::string(info.param->facts().name); });

using Fractions = EveryMethod;

TEST_P(Fractions, GetAConfigurationEach) {
  const auto proposals = method().propose(context());
  ASSERT_EQ(proposals.size(), 2U);
  EXPECT_EQ(proposals[0].label, std::string(method().facts().name) + " 20 %");
  EXPECT_EQ(proposals[1].label, std::string(method().facts().name) + " 80 %");
}

INSTANTIATE_TEST_SUITE_P(Of, Fractions, testing::Values(&one("exact"), &one("sensitivity")),
                         [](const auto& info) { return std::string(info.param->facts().name); });

using Budget = EveryMethod;

TEST_P(Budget, IsKept) {
  const auto proposals = method().propose(context());
  options.budget = cycles(proposals[0].widths);
  const Proposal within = method().propose(context()).back();
  EXPECT_EQ(within.label, "exact budget");
  EXPECT_FALSE(within.fraction);
  EXPECT_LE(cycles(within.widths), *options.budget);
  options.budget = 1;
  EXPECT_EQ(method().propose(context()).size(), proposals.size()) << "no network is as fast";
}

INSTANTIATE_TEST_SUITE_P(Of, Budget, testing::Values(&one("exact")),
                         [](const auto&) { return "exact"; });

std::vector<std::string> names(const Methods& methods) {
  std::vector<std::string> all;
  for (const Method* const method : methods) all.emplace_back(method->facts().name);
  return all;
}

TEST(Methods, ComeWithBaselinesAndThoseTheyAreComparedWith) {
  EXPECT_EQ(names(methods_named({{"freebits"}})),
            (std::vector<std::string>{"uniform", "bop", "published", "freebits"}));
  EXPECT_EQ(names(methods_named(std::vector<std::string>{"exact", "bop", "exact"})),
            (std::vector<std::string>{"uniform", "bop", "exact"}));
}

TEST(Methods, OfAnUnknownNameAreRefusedWithTheKnownOnes) {
  for (const std::string name : {"magic", "uniform", "free_bits", ""}) {
    try {
      (void)methods_named({{name}});
      FAIL() << name;
    } catch (const Error& error) {
      const std::string expected = "--method " + name +
                                   ": expected one of bop, published, freebits, latency, exact, "
                                   "sensitivity";
      EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected);
    }
  }
}

TEST(Methods, HaveNamesOfTheirOwn) {
  std::set<std::string_view> all;
  for (const Method* const method : all_methods()) {
    EXPECT_TRUE(all.insert(method->facts().name).second) << method->facts().name;
    for (const std::string_view old : method->facts().old_names)
      EXPECT_TRUE(all.insert(old).second) << old;
  }
}

TEST(Methods, OfOldResultsAreShownByTheirNamesOfToday) {
  EXPECT_EQ(present_name("free_bits"), "freebits");
  EXPECT_EQ(present_name("exact"), "exact");
  EXPECT_EQ(present_name("somebody's own"), "somebody's own");
}

}  // namespace
}  // namespace freebits::search
