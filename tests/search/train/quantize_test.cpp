// SPDX-License-Identifier: Apache-2.0
#include "search/train/quantize.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "base/error.hpp"
#include "base/random.hpp"
#include "models/builders/builders.hpp"
#include "search/train/integer_accuracy.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/least_error.hpp"
#include "search/train/trainer.hpp"
#include "tiny.hpp"

namespace freebits::search {
namespace {

const std::atomic<bool> kNever = false;

double error_of(std::span<const float> values, float threshold, const Grid& grid) {
  const float step = threshold / grid.steps();
  double sum = 0;
  for (const float value : values) {
    const float rounded = std::nearbyint(value / step);
    const float quantized = std::min(grid.high(), std::max(grid.low(), rounded)) * step;
    sum += std::pow(static_cast<double>(quantized - value), 2);
  }
  return sum;
}

TEST(LeastError, ThresholdIsBetterThanTheLargestValueAndTwiceAsMuchAndHalf) {
  Random random{1};
  std::vector<float> values(5000);
  for (float& value : values) {  // much near 0, little far out
    const float u = random.between(-1, 1);
    value = u * u * u * 3;
  }
  Threads threads(2);
  for (const unsigned bits : {2U, 4U}) {
    const Grid grid{.bits = bits, .is_signed = true};
    const float threshold = least_error_threshold(values, 1, grid);
    const double least = error_of(values, threshold, grid);
    for (const float factor : {0.5F, 0.8F, 1.25F, 2.0F})
      EXPECT_LT(least, error_of(values, threshold * factor, grid)) << bits << ' ' << factor;
    Histogram histogram(3);
    histogram.add(values, threads);
    EXPECT_NEAR(histogram.least_error_threshold(grid), threshold, 0.1F);
  }
  const Grid wide{.bits = 8, .is_signed = true};
  EXPECT_GT(least_error_threshold(values, 1, wide), 2.5F);
  EXPECT_EQ(least_error_threshold(std::vector<float>(4, 0.0F), 1, wide), 0);
}

TEST(Quantization, IsAPairOfWidthsOrAFile) {
  const models::Graph graph = test::tiny_graph();
  const Quantization q = parse_quantization("w4a2", graph);
  EXPECT_EQ(q.widths.weights.front(), 4U);
  EXPECT_EQ(q.widths.activations.at(1), 2U);
  EXPECT_EQ(q.widths.activations.front(), 8U);
  EXPECT_EQ(q.widths.activations.back(), 8U);
  for (const char* bad : {"w3a8", "w4", "4a8", "w4a16", "nowhere.json"})
    EXPECT_THROW((void)parse_quantization(bad, graph), Error) << bad;

  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / ("bits_" + std::to_string(::getpid()) + ".json");
  models::BitWidths widths = q.widths;
  widths.weights[2] = 2;
  widths.activations[3] = 4;
  models::write_bit_widths(file, graph, widths);
  EXPECT_EQ(parse_quantization(file, graph).widths, widths);
  models::Graph other = graph;
  other.layers[2].name = "somebody";
  EXPECT_THROW((void)parse_quantization(file, other), Error);
  std::filesystem::remove(file);
}

/// Of a network whose running statistics say that everything is `spread` times as wide as it is.
TrainingState misjudged(float spread, const char* widths) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(1, 100));
  const auto set = test::tiny_set(Split::Train, 200, 100);
  Threads threads(1);
  quantize(state, parse_quantization("w2a2", state.graph), set, threads);  // its statistics
  for (Parameter& p : state.parameters) {
    if (!p.name.ends_with(".variance")) continue;
    for (float& value : p.value.span()) value *= spread * spread;
  }
  quantize(state, parse_quantization(widths, state.graph), set, threads);
  return state;
}

void expect_same(const TrainingState& a, const TrainingState& b, const char* what,
                 float tolerance) {
  for (const Parameter& p : a.parameters) {
    if (!p.name.ends_with(what)) continue;
    const Buffer& other = b.parameters.at(p.name).value;
    for (std::size_t i = 0; i < p.value.size(); ++i)
      EXPECT_NEAR(p.value[i], other[i], tolerance * (1 + std::abs(p.value[i]))) << p.name << i;
  }
}

/// Statistics lag where weights have moved far in few steps. Fine-tuning takes each batch's.
TEST(Calibration, DoesNotDependOnRunningStatistics) {
  const TrainingState right = misjudged(1, "w8a8"), wrong = misjudged(0.1F, "w8a8");
  expect_same(right, wrong, ".threshold", 0.02F);  // octaves; candidates are 1 % apart
}

TEST(Calibration, StatisticsOfANarrowNetworkAreThoseOfTheBatches) {
  const TrainingState right = misjudged(1, "w4a4"), wrong = misjudged(10, "w4a4");
  expect_same(right, wrong, ".mean", 1e-3F);
  expect_same(right, wrong, ".variance", 1e-3F);
}

/// Thresholds of statistics that lag once made gradients of 1e18, and integer networks of scale
/// 1e13: deep layers were 0 throughout, and each batch norm multiplied by 1 / sqrt(epsilon).
TEST(Calibration, FineTuningADeepNetworkOfFewStepsStaysSmall) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    TrainOptions options = test::tiny_options(2, 32);
    options.seed = seed;
    const auto train = test::tiny_set(Split::Train, 192, 64);
    TrainingState state = new_training(
        models::build_network("mobilenet_v1:width=0.1,resolution=32,classes=10"), options);
    Threads threads(2);
    ASSERT_EQ(Trainer(state, train, nullptr, threads, "").run({}, kNever), TrainOutcome::Finished);
    state.position = {};
    state.options.epochs = 1;
    state.options.warmup = 0;
    state.options.optimizer.learning_rate = 0.01F;
    quantize(state, parse_quantization("w4a4", state.graph), train, threads);
    ASSERT_EQ(Trainer(state, train, nullptr, threads, "").run({}, kNever), TrainOutcome::Finished);
    for (const Parameter& p : state.parameters) {
      if (p.role != Role::Weight && p.role != Role::Affine) continue;
      for (const float value : p.value.span()) ASSERT_LT(std::abs(value), 100) << p.name << seed;
    }
    EXPECT_NO_THROW((void)models::make_integer_network(
        state.graph, state.quantization->widths,
        integer_parameters(state.graph, state.parameters, *state.quantization)));
  }
}

/// A float network that knows the synthetic set a little, and what fine-tuning makes of it.
class FineTuning : public testing::Test {
 protected:
  static constexpr std::size_t kTrain = 2000, kTest = 1000;

  static TrainingState trained() {
    TrainOptions options = test::tiny_options(8, 50);
    TrainingState state = new_training(test::tiny_graph(), options);
    run(state);
    return state;
  }
  static void run(TrainingState& state) {
    Threads threads(state.options.threads);
    Trainer trainer(state, test::tiny_set(Split::Train, kTrain, kTest),
                    test::tiny_set(Split::Test, kTrain, kTest), threads, "");
    ASSERT_EQ(trainer.run({}, kNever), TrainOutcome::Finished);
  }
  static Evaluation evaluated(TrainingState& state) {
    Threads threads(state.options.threads);
    Evaluator evaluator(state, test::tiny_set(Split::Test, kTrain, kTest), threads);
    return evaluator.run();
  }
  static double in_integers(TrainingState& state) {
    Threads threads(2);
    const models::IntegerNetwork network = models::make_integer_network(
        state.graph, state.quantization->widths,
        integer_parameters(state.graph, state.parameters, *state.quantization));
    const std::atomic<bool> stop = false;
    return *integer_accuracy(network, *test::tiny_set(Split::Test, kTrain, kTest), threads, stop);
  }
  static TrainingState quantized(const TrainingState& from, const char* widths,
                                 ThresholdRule rule = ThresholdRule::Tqt) {
    TrainOptions options = from.options;
    options.epochs = 3;
    options.warmup = 0;
    options.optimizer.learning_rate = 0.02F;
    TrainingState state = new_training(test::tiny_graph(), options);
    start_from(state, from, true);
    Threads threads(options.threads);
    Quantization q = parse_quantization(widths, state.graph);
    q.rule = rule;
    quantize(state, q, test::tiny_set(Split::Train, kTrain, kTest), threads);
    return state;
  }
};

TEST_F(FineTuning, LearnsInFloatAndKeepsItWithFewBits) {
  const TrainingState floats = trained();
  const double float_accuracy = *floats.best_accuracy;
  EXPECT_GT(float_accuracy, 0.3);  // guessing: 0.1

  TrainingState eight = quantized(floats, "w8a8");
  // Not trained any further.
  const Evaluation with_eight = evaluated(eight);
  EXPECT_NEAR(with_eight.loss, floats.epochs.back().test_loss, 0.05);
  constexpr double kNoise = 0.03;  // twice the deviation of an accuracy on 1000 images
  EXPECT_NEAR(with_eight.accuracy, float_accuracy, kNoise);
  EXPECT_NEAR(in_integers(eight), with_eight.accuracy, 0.02);
  for (const Parameter& p : eight.parameters) {
    EXPECT_EQ(p.least > 0, p.name.ends_with(".gamma")) << p.name;
  }

  for (const ThresholdRule rule : {ThresholdRule::Tqt, ThresholdRule::Lsq, ThresholdRule::Pact}) {
    TrainingState state = quantized(floats, "w4a8", rule);
    state.options.freeze_batch_norm = 1;
    run(state);
    EXPECT_GT(*state.best_accuracy, float_accuracy - kNoise) << static_cast<int>(rule);
    for (const Parameter& p : state.parameters) {
      if (!p.name.ends_with(".gamma")) continue;
      for (const float gamma : p.value.span()) EXPECT_GT(gamma, 0) << p.name;
    }
  }
}

}  // namespace
}  // namespace freebits::search
