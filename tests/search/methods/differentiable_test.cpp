// SPDX-License-Identifier: Apache-2.0
#include "search/methods/differentiable.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <numeric>

#include "base/error.hpp"
#include "search/train/checkpoint.hpp"
#include "tiny.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever = false;

/// A tiny network that has learned something.
const TrainingState& trained() {
  static const TrainingState state = [] {
    TrainingState s = new_training(test::tiny_graph(), test::tiny_options(4));
    Threads threads(1);
    Trainer trainer(s, test::tiny_set(Split::Train, 1024), test::tiny_set(Split::Test), threads,
                    "");
    trainer.run({}, kNever);
    return s;
  }();
  return state;
}

std::shared_ptr<const Dataset> train_set() { return test::tiny_set(Split::Train); }

GateSearchOptions small_options(double price_weight, unsigned epochs = 2) {
  GateSearchOptions options;
  options.price_weight = price_weight;
  options.epochs = epochs;
  options.batch = 32;  // 8 steps an epoch
  options.calibration_images = 64;
  return options;
}

TEST(GateSearchSchedule, IsTheAuthorsInElevenths) {
  EXPECT_EQ(gate_search_factor(0, 11), 1);
  EXPECT_EQ(gate_search_factor(3, 11), 1);
  EXPECT_EQ(gate_search_factor(4, 11), 0.1F);
  EXPECT_EQ(gate_search_factor(6, 11), 0.1F);
  EXPECT_EQ(gate_search_factor(7, 11), 0.01F);
  EXPECT_EQ(gate_search_factor(10, 11), 0.01F);
}

TEST(GateSearchSchedule, LetsAGateThatIsPushedAllTheTimeGoThreeTimesItsWay) {
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    for (const std::uint64_t steps : {11U, 110U, 1100U}) {
      float way = 0;
      for (std::uint64_t step = 0; step < steps; ++step)
        way += default_gate_rate(form, steps) * gate_search_factor(step, steps);
      const float start = form == GatedForm::Independent ? 2 : 6;
      const float closes = start - way / 3;
      EXPECT_TRUE(is_open(closes + 0.01F, gate_shape(form)));
      EXPECT_FALSE(is_open(closes - 0.01F, gate_shape(form)));
    }
  }
}

TEST(GateSearch, BeginsWithAllGatesOpenAndTheFloatNetworksAccuracy) {
  const BopPrice price(test::tiny_graph());
  Threads threads(1);
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    GateSearchOptions options = small_options(0.03);
    options.form = form;
    options.calibration_images = 256;
    TrainingState state = begin_gate_search(trained(), price, options, train_set(), threads);
    const GateSearch search(state, price, train_set(), threads, "");
    EXPECT_EQ(search.widths(), models::uniform(state.graph, 8));
    Evaluator evaluator(state, test::tiny_set(Split::Test, 1, 500), threads);
    TrainingState floats = new_training(trained().graph, trained().options);
    start_from(floats, trained(), true);
    Evaluator float_evaluator(floats, test::tiny_set(Split::Test, 1, 500), threads);
    EXPECT_GT(evaluator.run().accuracy, float_evaluator.run().accuracy - 0.08);
  }
}

void expect_same(const Buffer& a, const Buffer& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  if (a.size() == 0) return;
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0) << what;
}

TEST(GateSearch, ResumedWhereverItStoppedGivesTheSameBits) {
  const fs::path file =
      fs::path(testing::TempDir()) / ("freebits_gates_" + std::to_string(::getpid()) + ".ckpt");
  const BopPrice price(test::tiny_graph());
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    Threads threads(2);
    GateSearchOptions options = small_options(0.1);
    options.form = form;
    TrainingState whole = begin_gate_search(trained(), price, options, train_set(), threads);
    std::vector<double> prices, resumed_prices;
    GateSearch search(whole, price, train_set(), threads, "");
    EXPECT_EQ(
        search.run({.step = {}, .epoch = [&](const GateEpoch& e) { prices.push_back(e.price); }},
                   kNever),
        TrainOutcome::Finished);

    TrainingState parts = begin_gate_search(trained(), price, options, train_set(), threads);
    for (const std::uint64_t stop_after : {3U, 8U, 13U, 16U}) {
      std::atomic<bool> stop = false;
      const GateSearchEvents events{
          .step = [&](const StepReport& s) { stop = (s.epoch - 1) * 8 + s.batch == stop_after; },
          .epoch = [&](const GateEpoch& e) { resumed_prices.push_back(e.price); }};
      GateSearch part(parts, price, train_set(), threads, file);
      part.run(events, stop);
      parts = read_checkpoint(file);
      EXPECT_EQ(parts.position.step, stop_after);
    }
    GateSearch last(parts, price, train_set(), threads, file);
    EXPECT_EQ(last.run({}, kNever), TrainOutcome::Finished) << "nothing is left to do";
    EXPECT_EQ(resumed_prices, prices);
    EXPECT_EQ(last.widths(), search.widths());
    auto other = parts.parameters.begin();
    for (const Parameter& p : whole.parameters) expect_same(p.value, (other++)->value, p.name);
    ASSERT_EQ(whole.optimizer.moments.size(), parts.optimizer.moments.size());
    for (std::size_t i = 0; i < whole.optimizer.moments.size(); ++i) {
      expect_same(whole.optimizer.moments[i].first, parts.optimizer.moments[i].first, "first");
      expect_same(whole.optimizer.moments[i].second, parts.optimizer.moments[i].second, "second");
    }
  }
  fs::remove(file);
}

struct Found {
  double bits = 0, price = 0;  ///< bits: mean over all weights and tensors that are priced
  models::BitWidths widths;
};

Found found(double price_weight, GatedForm form) {
  const models::Graph graph = test::tiny_graph();
  const BopPrice price(graph);
  Threads threads(1);
  GateSearchOptions options = small_options(price_weight, 6);
  options.form = form;
  TrainingState state = begin_gate_search(trained(), price, options, train_set(), threads);
  Found result;
  const auto keep = [&](const GateEpoch& e) {
    result.price = e.price;
    result.widths = e.widths;
  };
  GateSearch(state, price, train_set(), threads, "").run({.step = {}, .epoch = keep}, kNever);
  double count = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (!models::has_weights(graph.layers[i].kind)) continue;
    const models::TensorId input = graph.layers[i].inputs[0];
    result.bits += result.widths.weights[i] + (input == 0 ? 0 : result.widths.activations[input]);
    count += input == 0 ? 1 : 2;
  }
  result.bits /= count;
  EXPECT_NO_THROW(models::check(graph, result.widths));
  EXPECT_EQ(result.widths.activations.front(), 8U);
  EXPECT_EQ(result.widths.activations.back(), 8U);
  return result;
}

TEST(GateSearch, FindsFewerBitsAtAHigherPrice) {
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    SCOPED_TRACE(form == GatedForm::Independent ? "independent" : "residual");
    const Found free = found(0, form), cheap = found(0.03, form), dear = found(30, form);
    EXPECT_GT(free.bits, 7);
    EXPECT_LT(cheap.bits, free.bits);
    EXPECT_LT(dear.bits, cheap.bits);
    EXPECT_LT(cheap.price, free.price);
    EXPECT_LT(dear.price, cheap.price);
    EXPECT_LT(dear.bits, 2.5) << "nothing but the price counts";
  }
}

template <class Work>
std::string error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(GateSearch, RefusesOptionsThatDoNotFit) {
  const BopPrice price(test::tiny_graph());
  Threads threads(1);
  const auto refuse = [&](const std::string& text, const auto& change) {
    GateSearchOptions options = small_options(0.03);
    change(options);
    EXPECT_NE(error_of([&] {
                (void)begin_gate_search(trained(), price, options, train_set(), threads);
              }).find(text),
              std::string::npos)
        << text;
  };
  refuse("epochs: 0", [](auto& o) { o.epochs = 0; });
  refuse("batch: 0", [](auto& o) { o.batch = 0; });
  refuse("batch: 257", [](auto& o) { o.batch = 257; });
  refuse("price weight: -1", [](auto& o) { o.price_weight = -1; });
  refuse("rate of gates: 0", [](auto& o) { o.gate_rate = 0; });
  refuse("bits to calibrate for: 3", [](auto& o) { o.calibration_bits = 3; });
}

TEST(GateSearch, GoesOnWithItsOwnPriceOnly) {
  const BopPrice price(test::tiny_graph()), other(test::tiny_graph(), BopPrice::Form::Joint);
  Threads threads(1);
  TrainingState floats = new_training(test::tiny_graph(), test::tiny_options(1));
  EXPECT_EQ(error_of([&] { GateSearch(floats, price, train_set(), threads, ""); }),
            "tiny: no gated quantizers, expected a search");
  TrainingState state =
      begin_gate_search(trained(), price, small_options(0.03), train_set(), threads);
  EXPECT_EQ(error_of([&] { GateSearch(state, other, train_set(), threads, ""); }),
            "tiny: a search for the price 'bop', expected 'joint_bop'");
}

}  // namespace
}  // namespace freebits::search
