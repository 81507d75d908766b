// SPDX-License-Identifier: Apache-2.0
#include "search/methods/gates.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "random_graph.hpp"

namespace freebits::search {
namespace {

Parameters gated_parameters(const models::Graph& graph, GatedForm form) {
  Quantization q = uniform_quantization(graph, 8, 8);
  q.gated = form;
  Parameters parameters;
  create_parameters(parameters, graph, 1, &q);
  return parameters;
}

TEST(WidthOdds, AreOfAChainOfGates) {
  const WidthOdds odds = width_odds(0.75, 0.5);
  EXPECT_EQ(odds, (WidthOdds{0.375, 0.375, 0.25}));
  EXPECT_EQ(expected_bits(odds), 0.375 * 8 + 0.375 * 4 + 0.25 * 2);
}

TEST(WidthRoots, AreWhereAMaxPoolsWidthComesFrom) {
  const models::Graph begins = test::random_graph(3), ends = test::random_graph(5);
  EXPECT_EQ(precision_roots(begins)[1], 0U);
  EXPECT_EQ(precision_roots(begins)[2], 2U);
  EXPECT_LT(precision_roots(ends).back(), ends.output());
}

TEST(Gates, HoldInputAndOutputAtEightBits) {
  for (const std::uint64_t seed : {3U, 4U, 5U, 15U}) {
    for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
      const models::Graph graph = test::random_graph(seed);
      Parameters parameters = gated_parameters(graph, form);
      Gates gates(graph, parameters, form);
      for (Parameter& p : parameters) {
        if (p.role == Role::Gate) std::ranges::fill(p.value.span(), -5.0F);
      }
      gates.hold_output();
      const models::BitWidths widths = gates.widths();
      EXPECT_EQ(widths, models::uniform(graph, 2)) << seed;
      EXPECT_EQ(gates.odds().activations.back(), (WidthOdds{1, 0, 0}));
      EXPECT_EQ(gates.odds().activations.front(), (WidthOdds{1, 0, 0}));
    }
  }
}

TEST(Gates, AreMissingInAFloatNetwork) {
  const models::Graph graph = test::random_graph(1);
  Parameters parameters;
  create_parameters(parameters, graph, 1);
  EXPECT_THROW(Gates(graph, parameters, GatedForm::Independent), Error);
}

/// What an evaluating network does with the gates is what widths() says.
TEST(Gates, HaveTheWidthsThatQuantizersEvaluateWith) {
  const models::Graph graph = test::random_graph(7);
  Random random{7};
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    Parameters parameters = gated_parameters(graph, form);
    for (Parameter& p : parameters) {
      if (p.role != Role::Gate) continue;
      for (float& phi : p.value.span()) phi = random.between(-3, 3);
    }
    const models::BitWidths widths = Gates(graph, parameters, form).widths();
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      const auto bits = [&](const std::string& name) {
        return open_bits({.form = form,
                          .gates = &parameters.at(graph.layers[i].name + name),
                          .shape = gate_shape(form)});
      };
      if (widths.weights[i] != 0) {
        EXPECT_EQ(widths.weights[i], bits(".weight_gates"));
      }
      if (graph.layers[i].kind != models::LayerKind::MaxPool) {
        EXPECT_EQ(widths.activations[i + 1], bits(".gates"));
      }
    }
  }
}

}  // namespace
}  // namespace freebits::search
