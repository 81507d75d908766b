// SPDX-License-Identifier: Apache-2.0
// Optimisers against the formulas, value by value in doubles.
#include "search/train/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "base/random.hpp"

namespace freebits::search {
namespace {

constexpr std::size_t kSize = 40'000;  // several pieces, the last not full

void draw(std::span<float> values, std::uint64_t seed) {
  Random random{seed};
  for (float& value : values) value = random.between(-1, 1);
}

/// Takes `steps` steps with gradients drawn anew; expected(value, gradient, step) in doubles.
template <class Expected>
void compare(Role role, const OptimizerOptions& options, ThresholdRule rule, Expected expected,
             float scale = 1, unsigned threads_count = 1) {
  Parameters parameters;
  Parameter& p = parameters.add("p", role, kSize);
  draw(p.value.span(), 1);
  std::vector<double> values(p.value.span().begin(), p.value.span().end());
  OptimizerState state;
  Threads threads(threads_count);
  Optimizer optimizer(parameters, state, options, rule, threads);
  if (scale != 1) optimizer.scale_gradient(p, scale);
  for (unsigned step = 0; step < 5; ++step) {
    draw(p.gradient.span(), 10 + step);
    for (std::size_t i = 0; i < kSize; ++i)
      values[i] = expected(i, values[i], static_cast<double>(p.gradient[i]), step);
    optimizer.step(0.5F);
  }
  for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(p.value[i], values[i], 2e-5) << i;
}

TEST(Optimizer, SgdWithNesterovMomentumDecaysWeightsOnly) {
  for (const Role role : {Role::Weight, Role::Affine}) {
    const double decay = role == Role::Weight ? 0.01 : 0;
    std::vector<double> velocity(kSize, 0);
    compare(role, {.learning_rate = 0.2F, .weight_decay = 0.01F}, ThresholdRule::Tqt,
            [&](std::size_t i, double value, double g, unsigned) {
              g += decay * value;
              velocity[i] = 0.9 * velocity[i] + g;
              return value - 0.1 * (g + 0.9 * velocity[i]);
            });
  }
}

TEST(Optimizer, SgdWithPlainMomentumAndWithout) {
  std::vector<double> velocity(kSize, 0);
  compare(Role::Affine, {.learning_rate = 0.2F, .nesterov = false}, ThresholdRule::Tqt,
          [&](std::size_t i, double value, double g, unsigned) {
            velocity[i] = 0.9 * velocity[i] + g;
            return value - 0.1 * velocity[i];
          });
  compare(Role::Affine, {.learning_rate = 0.2F, .momentum = 0}, ThresholdRule::Tqt,
          [](std::size_t, double value, double g, unsigned) { return value - 0.1 * g; });
}

struct AdamFormula {
  double rate, decay;
  std::vector<double> mean = std::vector<double>(kSize, 0), square = mean;
  double operator()(std::size_t i, double value, double g, unsigned step) {
    mean[i] = 0.9 * mean[i] + 0.1 * g;
    square[i] = 0.999 * square[i] + 0.001 * g * g;
    const double m = mean[i] / (1 - std::pow(0.9, step + 1));
    const double v = square[i] / (1 - std::pow(0.999, step + 1));
    return value - rate * decay * value - rate * m / (std::sqrt(v) + 1e-8);
  }
};

TEST(Optimizer, AdamWithDecayApart) {
  compare(Role::Weight, {.kind = OptimizerKind::Adam, .learning_rate = 0.02F, .weight_decay = 0.1F},
          ThresholdRule::Tqt, AdamFormula{.rate = 0.01, .decay = 0.1});
}

TEST(Optimizer, GatesTakeAdamAtTheirOwnRate) {
  compare(Role::Gate, {.kind = OptimizerKind::Sgd, .learning_rate = 9, .gate_rate = 0.02F},
          ThresholdRule::Tqt, AdamFormula{.rate = 0.01, .decay = 0});
}

TEST(Optimizer, ThresholdsOfTqtGoByNormalisedGradients) {
  std::vector<double> norm(kSize, 0), velocity(kSize, 0);
  compare(Role::Threshold, {.learning_rate = 9, .threshold_rate = 0.02F}, ThresholdRule::Tqt,
          [&](std::size_t i, double value, double g, unsigned step) {
            norm[i] = 0.9 * norm[i] + 0.1 * g * g;
            g = std::tanh(g / (std::sqrt(norm[i] / (1 - std::pow(0.9, step + 1))) + 1e-5));
            velocity[i] = 0.9 * velocity[i] + g;
            return value - 0.01 * (g + 0.9 * velocity[i]);
          });
}

TEST(Optimizer, StepsOfLsqGoByScaledGradientsAtTheWeightsRate) {
  compare(
      Role::Threshold, {.learning_rate = 0.2F, .threshold_rate = 9, .momentum = 0},
      ThresholdRule::Lsq,
      [](std::size_t, double value, double g, unsigned) { return value - 0.1 * 0.25 * g; }, 0.25F);
}

TEST(Optimizer, LeavesStatisticsAndFrozenParametersAndRespectsTheLeast) {
  Parameters parameters;
  Parameter& statistic = parameters.add("mean", Role::Statistic, 3);
  Parameter& frozen = parameters.add("frozen", Role::Weight, 3);
  Parameter& bounded = parameters.add("gamma", Role::Affine, 3);
  frozen.frozen = true;
  bounded.least = 0.5F;
  for (Parameter& p : parameters) std::ranges::fill(p.value.span(), 1.0F);
  std::ranges::fill(frozen.gradient.span(), 100.0F);
  bounded.gradient[0] = 100;
  bounded.gradient[1] = 0.1F;
  bounded.gradient[2] = -100;
  OptimizerState state;
  Threads threads(1);
  Optimizer optimizer(parameters, state, {.learning_rate = 1, .momentum = 0}, ThresholdRule::Tqt,
                      threads);
  optimizer.step(1);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(statistic.value[i], 1);
    EXPECT_EQ(frozen.value[i], 1);
  }
  EXPECT_EQ(bounded.value[0], 0.5F);
  EXPECT_FLOAT_EQ(bounded.value[1], 0.9F);
  EXPECT_EQ(bounded.value[2], 101);
}

TEST(Optimizer, GivesTheSameBitsWithAnyNumberOfThreads) {
  std::vector<float> first;
  for (const unsigned count : {1U, 2U, 3U}) {
    Parameters parameters;
    Parameter& p = parameters.add("p", Role::Weight, kSize);
    draw(p.value.span(), 1);
    OptimizerState state;
    Threads threads(count);
    Optimizer optimizer(parameters, state, {.kind = OptimizerKind::Adam}, ThresholdRule::Tqt,
                        threads);
    for (unsigned step = 0; step < 3; ++step) {
      draw(p.gradient.span(), step);
      optimizer.step(1);
    }
    if (first.empty()) first.assign(p.value.span().begin(), p.value.span().end());
    EXPECT_EQ(std::memcmp(first.data(), p.value.data(), kSize * sizeof(float)), 0) << count;
  }
}

TEST(Optimizer, SeesGradientsThatAreNotFinite) {
  for (const unsigned count : {1U, 2U}) {
    Parameters parameters;
    Parameter& p = parameters.add("p", Role::Weight, kSize);
    OptimizerState state;
    Threads threads(count);
    Optimizer optimizer(parameters, state, {}, ThresholdRule::Tqt, threads);
    for (const std::size_t place : {std::size_t{0}, kSize / 2, kSize - 1}) {
      EXPECT_TRUE(optimizer.gradients_finite());
      for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
        p.gradient[place] = bad;
        EXPECT_FALSE(optimizer.gradients_finite()) << place << ' ' << bad;
      }
      p.frozen = true;
      EXPECT_TRUE(optimizer.gradients_finite());
      p.frozen = false;
      p.gradient[place] = 0;
    }
  }
}

TEST(Optimizer, RefusesStateOfAnotherNetwork) {
  Parameters parameters;
  parameters.add("p", Role::Weight, 4);
  Threads threads(1);
  OptimizerState state;
  state.moments.resize(1);
  state.moments[0].first = Buffer(3);
  EXPECT_THROW(Optimizer(parameters, state, {}, ThresholdRule::Tqt, threads), Error);
  state.moments.resize(2);
  EXPECT_THROW(Optimizer(parameters, state, {}, ThresholdRule::Tqt, threads), Error);
}

}  // namespace
}  // namespace freebits::search
