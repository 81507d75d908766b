// SPDX-License-Identifier: Apache-2.0
#include "search/methods/price.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "random_graph.hpp"

namespace freebits::search {
namespace {

constexpr std::uint64_t kGraphs = 30;

/// A graph with gated quantizers, its prices, and gates anywhere.
struct Case {
  explicit Case(std::uint64_t seed)
      : random{seed, 1},
        form(seed % 2 == 0 ? GatedForm::Independent : GatedForm::Residual),
        graph(test::random_graph(seed)),
        table(test::random_table(graph, random)) {
    Quantization q = uniform_quantization(graph, 8, 8);
    q.gated = form;
    create_parameters(parameters, graph, seed, &q);
    for (Parameter& p : parameters) {
      if (p.role != Role::Gate) continue;
      for (float& phi : p.value.span()) phi = random.between(-3, 3);
    }
    prices.push_back(std::make_unique<BopPrice>(graph, BopPrice::Form::Sum));
    prices.push_back(std::make_unique<BopPrice>(graph, BopPrice::Form::Joint));
    prices.push_back(std::make_unique<LatencyPrice>(graph, table));
  }

  double price_of(const Price& price, const Gates& gates) {
    const NetworkOdds odds = gates.odds();
    by_odds = odds;
    return price.value(odds, by_odds);
  }

  Random random;
  GatedForm form;
  models::Graph graph;
  profiler::LatencyTable table;
  Parameters parameters;
  NetworkOdds by_odds;
  std::vector<std::unique_ptr<Price>> prices;
};

TEST(Price, HasGradientsOfDifferencesByEveryGate) {
  std::size_t checked = 0, not_zero = 0;
  for (std::uint64_t seed = 1; seed <= kGraphs; ++seed) {
    SCOPED_TRACE(seed);
    Case c(seed);
    const Gates gates(c.graph, c.parameters, c.form);
    for (const auto& price : c.prices) {
      SCOPED_TRACE(price->name());
      constexpr double kFactor = 0.5, kBefore = 0.25;  // gradients are added to what is there
      for (Parameter& p : c.parameters) {
        if (p.role == Role::Gate) std::ranges::fill(p.gradient.span(), float{kBefore});
      }
      (void)c.price_of(*price, gates);
      gates.add_gradient(c.by_odds, kFactor);
      for (Parameter& p : c.parameters) {
        for (std::size_t i = 0; p.role == Role::Gate && i < 2; ++i) {
          constexpr float kStep = 1.0F / 64;
          const float before = p.value[i];
          p.value[i] = before + kStep;
          const double above = c.price_of(*price, gates);
          p.value[i] = before - kStep;
          const double difference = above - c.price_of(*price, gates);
          p.value[i] = before;
          const double expected = kBefore + kFactor * difference / (2 * double{kStep});
          ASSERT_NEAR(static_cast<double>(p.gradient[i]), expected, 1e-3) << p.name << " " << i;
          ++checked;
          not_zero += std::abs(difference) > 1e-3 ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(checked, 1500U);
  EXPECT_GT(not_zero, checked / 3);
}

/// Gates so far to one side that their probabilities are 0 and 1.
void push(Parameters& parameters, const models::Graph& graph, const models::BitWidths& widths) {
  constexpr float kFar = 200;
  const auto set = [&](const std::string& name, unsigned bits) {
    Parameter* const gates = parameters.find(name);
    if (gates == nullptr) return;
    gates->value[0] = bits > 2 ? kFar : -kFar;
    gates->value[1] = bits > 4 ? kFar : -kFar;
  };
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    set(graph.layers[i].name + ".weight_gates", widths.weights[i]);
    set(graph.layers[i].name + ".gates", widths.activations[i + 1]);
  }
}

TEST(Price, OfCertainGatesIsThatOfTheConfigurationExactly) {
  for (std::uint64_t seed = 1; seed <= kGraphs; ++seed) {
    SCOPED_TRACE(seed);
    Case c(seed);
    const models::BitWidths widths = test::random_widths(c.graph, c.random);
    ASSERT_NO_THROW(models::check(c.graph, widths));
    push(c.parameters, c.graph, widths);
    const Gates gates(c.graph, c.parameters, c.form);
    EXPECT_EQ(gates.widths(), widths);

    const std::vector<models::Shape> shapes = models::shapes(c.graph);
    std::uint64_t bops = 0, chains = 0, most = 0;
    const auto chain = [](unsigned bits) { return bits == 8 ? 14U : bits == 4 ? 6U : 2U; };
    for (std::size_t i = 0; i < c.graph.layers.size(); ++i) {
      const models::Layer& l = c.graph.layers[i];
      const std::uint64_t macs = models::macs(l, shapes[l.inputs[0]], shapes[i + 1]);
      const unsigned in = widths.activations[l.inputs[0]];
      bops += macs * in * widths.weights[i];
      chains += macs * (chain(in) + chain(widths.weights[i]));
      most = std::max(most, macs);
    }
    EXPECT_EQ(c.price_of(*c.prices[0], gates),
              static_cast<double>(chains) / static_cast<double>(most));
    EXPECT_EQ(c.price_of(*c.prices[1], gates),
              static_cast<double>(bops) / static_cast<double>(most));
    const LatencyPrice latency(c.graph, c.table);
    EXPECT_EQ(
        c.price_of(latency, gates),
        static_cast<double>(profiler::total_cycles(c.table, c.graph, widths)) / latency.cycles());
    EXPECT_EQ(latency.of(widths), c.price_of(latency, gates));
  }
}

TEST(Price, OfLatencyIsInUnitsOfTheSlowestLayerAtEightBits) {
  Case c(1);
  std::uint64_t slowest = 0;
  const models::BitWidths eight = models::uniform(c.graph, 8);
  for (std::size_t i = 0; i < c.graph.layers.size(); ++i)
    slowest = std::max(slowest, c.table.cycles(i, profiler::layer_bits(c.graph, eight, i)));
  EXPECT_EQ(LatencyPrice(c.graph, c.table).cycles(), static_cast<double>(slowest));
}

std::string error_of(const models::Graph& graph, const profiler::LatencyTable& table) {
  try {
    const LatencyPrice price(graph, table);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Price, OfATableThatLacksSomethingIsAnError) {
  Case c(1);
  EXPECT_EQ(error_of(c.graph, c.table), "");
  profiler::LatencyTable table = c.table;
  table.layers.pop_back();
  EXPECT_NE(error_of(c.graph, table).find("layers, expected the"), std::string::npos);
  table = c.table;
  table.layers[0].erase(table.layers[0].begin());
  EXPECT_EQ(error_of(c.graph, table),
            "latency table of random: layer0 has no entry for inputs 8 and 0, weights 2, output 2");
}

}  // namespace
}  // namespace freebits::search
