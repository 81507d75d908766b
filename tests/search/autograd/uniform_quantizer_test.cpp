// SPDX-License-Identifier: Apache-2.0
// Fake quantization to one grid: TQT, LSQ, PACT.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "quantizer_reference.hpp"

namespace freebits::search::test {
namespace {

struct Case {
  Grid grid;
  ThresholdRule rule;
  std::size_t thresholds;  ///< 1, or one each channel
  BatchShape shape;
  [[nodiscard]] std::string text() const {
    return std::to_string(grid.bits) + (grid.is_signed ? " bits signed" : " bits unsigned") +
           ", rule " + std::to_string(static_cast<int>(rule)) + ", " + std::to_string(thresholds) +
           " thresholds, " + shape.text();
  }
};

double parameter_for(double t, const Case& c) {
  const Range range = range_of(t, c.grid);
  return c.rule == ThresholdRule::Tqt   ? std::log2(t)
         : c.rule == ThresholdRule::Lsq ? range.step
                                        : range.high;
}
/// What the parameter in the rig, a float, stands for.
Exact thresholds_in(Rig& rig, const Case& c) {
  Exact all;
  const double n = std::exp2(c.grid.bits);
  for (const double p : rig.exact_at("t")) {
    const double steps = c.grid.is_signed ? n / 2 : n - 1;
    const double top = c.grid.is_signed ? n / 2 - 1 : n - 1;
    all.push_back(c.rule == ThresholdRule::Tqt   ? std::exp2(p)
                  : c.rule == ThresholdRule::Lsq ? p * steps
                                                 : p / top * steps);
  }
  return all;
}

/// fake_quantize(x) + 0, so that gradients come block by block from all threads. x is drawn from
/// [-reach, reach] · t, or `only_outside` the range.
void record(Rig& rig, const Case& c, double reach, bool only_outside) {
  Values parameters;
  for (std::size_t i = 0; i < c.thresholds; ++i) {
    const double t = static_cast<double>(rig.random.between(0.5F, 3));
    parameters.push_back(static_cast<float>(parameter_for(t, c)));
  }
  Parameter& p = rig.parameter("t", Role::Threshold, parameters);
  const Values values =
      values_for(rig.random, c.shape.size(), thresholds_in(rig, c), reach, [&](double x, double t) {
        const Range range = range_of(t, c.grid);
        return is_doubtful(x, range) ||
               (only_outside && x > 1.2 * range.low - 0.1 && x < 1.2 * range.high);
      });
  const Var x = rig.input("x", c.shape, values);
  const Var zero = rig.input("zero", c.shape, Values(c.shape.size()), false);
  rig.finish(
      add(rig.tape, "y", fake_quantize(rig.tape, x, UniformQuantizer{c.grid, c.rule, &p}), zero));
}

/// 1 / sqrt(N · Qp): N the values of an image that share a step.
double lsq_scale(const Case& c) {
  const double count =
      static_cast<double>(c.shape.pixels() * c.shape.channels) / static_cast<double>(c.thresholds);
  const double n = std::exp2(c.grid.bits), top = c.grid.is_signed ? n / 2 - 1 : n - 1;
  return 1 / std::sqrt(count * top);
}

/// The published gradient of the parameter behind one value, before LSQ's scale.
double threshold_gradient(double x, double g, double t, const Case& c) {
  const Range r = range_of(t, c.grid);
  const bool above = x >= r.high, below = x < r.low;
  switch (c.rule) {
    case ThresholdRule::Tqt:
      return std::numbers::ln2 * (above   ? r.high * g
                                  : below ? r.low * g
                                          : (quantized(x, r) - x) * g);
    case ThresholdRule::Lsq:
      return g * (above   ? r.high / r.step
                  : below ? r.low / r.step
                          : std::nearbyint(x / r.step) - x / r.step);
    case ThresholdRule::Pact:
      return above ? g : below ? g * r.low / r.high : 0;  // low follows high
  }
  return 0;
}

void expect_equations(Rig& rig, const Case& c) {
  const Exact t = thresholds_in(rig, c), x = rig.exact_at("x");
  const std::size_t count = x.size(), channels = c.shape.channels;
  Exact y(count), dx(count), dt(c.thresholds);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t k = c.thresholds == 1 ? 0 : i % channels;
    const Range range = range_of(t[k], c.grid);
    const double g = static_cast<double>(rig.cotangent[i]);
    y[i] = quantized(x[i], range);
    dx[i] = x[i] >= range.low && x[i] < range.high ? g : 0;
    dt[k] += threshold_gradient(x[i], g, t[k], c);
  }
  if (c.rule == ThresholdRule::Lsq) {
    for (double& d : dt) d *= lsq_scale(c);
  }
  expect_near(rig.forward(), y, 1e-6, "output");
  rig.backward();
  expect_near(rig.gradient("x"), dx, 0, "gradient of x");
  // Rounding errors are small differences of values of up to 255 steps.
  expect_near(rig.gradient("t"), dt, 1e-4, "gradient of the threshold");
}

template <class Each>
void for_cases(const Each& each) {
  std::uint64_t seed = 300;
  for (const ThresholdRule rule : {ThresholdRule::Tqt, ThresholdRule::Lsq, ThresholdRule::Pact}) {
    for (const bool is_signed : {false, true}) {
      for (const unsigned bits : {2U, 4U, 8U}) {
        for (const bool per_channel : {false, true}) {
          Random random{++seed};
          const BatchShape shape = random_shape(random, {6, 5, 5, 35});
          const Case c{{bits, is_signed}, rule, per_channel ? shape.channels : 1U, shape};
          SCOPED_TRACE("seed " + std::to_string(seed) + ", " + c.text());
          each(c, seed);
        }
      }
    }
  }
}

TEST(UniformQuantizer, FollowsItsEquations) {
  for_cases([](const Case& c, std::uint64_t seed) {
    for (const unsigned count : {1U, 3U}) {
      Rig rig(count, seed);
      record(rig, c, 1.5, false);
      expect_equations(rig, c);
    }
  });
}

/// Where everything is clipped the output is smooth in the threshold.
TEST(UniformQuantizer, HasTheGradientOfDifferencesWhereItClips) {
  for_cases([](const Case& c, std::uint64_t seed) {
    Rig rig(1, seed);
    record(rig, c, 3, true);
    (void)rig.forward();
    rig.backward();
    Values gradient = rig.gradients().at("t");
    if (c.rule == ThresholdRule::Lsq) {
      for (float& g : gradient) g /= static_cast<float>(lsq_scale(c));
    }
    // A step of LSQ is a small number.
    const float least = *std::ranges::min_element(rig.at("t"));
    const float step = c.rule == ThresholdRule::Lsq ? least / 64 : 1.0F / 64;
    expect_gradient(rig, "t", gradient, {.step = step});
  });
}

/// The ends belong to the range as the equations say: x >= hi is above, x < lo below.
TEST(UniformQuantizer, KnowsWhereItsEndsAre) {
  for (const ThresholdRule rule : {ThresholdRule::Tqt, ThresholdRule::Lsq, ThresholdRule::Pact}) {
    // Steps of 1/8: -1, 7/8 and all between are exact.
    const Case c{{4, true}, rule, 1, {1, 1, 4, 1}};
    Rig rig;
    Parameter& p = rig.parameter("t", Role::Threshold, {static_cast<float>(parameter_for(1, c))});
    const Var x = rig.input("x", c.shape, {-1, 0.875F, -1.125F, 0.75F});
    const Var zero = rig.input("zero", c.shape, Values(4), false);
    rig.finish(
        add(rig.tape, "y", fake_quantize(rig.tape, x, UniformQuantizer{c.grid, rule, &p}), zero));
    expect_equations(rig, c);
    EXPECT_NE(rig.gradient("x")[0], 0);
    EXPECT_EQ(rig.gradient("x")[1], 0);
  }
}

/// Weights of a layer: [rows][channels], a threshold each channel, read by the layer's products.
TEST(UniformQuantizer, QuantizesTheWeightsOfALayer) {
  constexpr std::size_t kIn = 11, kOut = 19;
  const Case c{{4, true}, ThresholdRule::Tqt, kOut, {1, 1, kIn, kOut}};
  for (const unsigned count : {1U, 3U}) {
    Rig rig(count, 17);
    const BatchShape shape{5, 3, 2, kIn};
    Parameter& p = rig.parameter("t", Role::Threshold, random_values(rig.random, kOut, -1, 1));
    const Exact t = thresholds_in(rig, c);
    const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
    const Var w = rig.weights(
        "w", kIn, kOut, values_for(rig.random, kIn * kOut, t, 1.5, [&](double v, double threshold) {
          return is_doubtful(v, range_of(threshold, c.grid));
        }));
    const UniformQuantizer q{c.grid, c.rule, &p};
    rig.finish(pointwise(rig.tape, "y", x, fake_quantize(rig.tape, w, q)));
    (void)rig.forward();
    rig.backward();
    const Exact values = rig.exact_at("x"), weights = rig.exact_at("w");
    Exact dw(weights.size()), dt(kOut), dx(values.size());
    for (std::size_t row = 0; row < shape.rows(); ++row) {
      for (std::size_t i = 0; i < kIn; ++i) {
        for (std::size_t o = 0; o < kOut; ++o) {
          const double g = static_cast<double>(rig.cotangent[row * kOut + o]);
          const double wi = weights[i * kOut + o], gw = g * values[row * kIn + i];
          const Range range = range_of(t[o], c.grid);
          dx[row * kIn + i] += g * quantized(wi, range);
          dw[i * kOut + o] += wi >= range.low && wi < range.high ? gw : 0;
          dt[o] += threshold_gradient(wi, gw, t[o], c);
        }
      }
    }
    expect_near(rig.gradient("x"), dx, 1e-5, "gradient of x");
    expect_near(rig.gradient("w"), dw, 1e-5, "gradient of the weights");
    expect_near(rig.gradient("t"), dt, 1e-5, "gradient of the thresholds");
  }
}

/// ReLU6, then quantization: the gradient passes both.
TEST(UniformQuantizer, FollowsReluAndBias) {
  const Case c{{4, false}, ThresholdRule::Tqt, 1, {4, 3, 3, 10}};
  Rig rig(2, 23);
  Parameter& t = rig.parameter("t", Role::Threshold, {2});  // up to 4
  Parameter& b = rig.parameter("b", Role::Affine, Values(10, 0.5F));
  const Range range = range_of(4, c.grid);
  const Var x =
      rig.input("x", c.shape, values_for(rig.random, c.shape.size(), {7}, 1, [&](double v, double) {
                  return is_doubtful(v + 0.5, range) || std::abs(v + 0.5) < 1e-3;
                }));
  Var y = relu6(rig.tape, bias(rig.tape, x, b));
  y = fake_quantize(rig.tape, y, UniformQuantizer{c.grid, c.rule, &t});
  rig.finish(add(rig.tape, "y", y, rig.input("zero", c.shape, Values(c.shape.size()), false)));
  Exact out, dx, db(10);
  double dt = 0;
  const Exact values = rig.exact_at("x");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double raw = values[i] + 0.5, clipped = std::clamp(raw, 0.0, 6.0);
    const double g = static_cast<double>(rig.cotangent[i]);
    out.push_back(quantized(clipped, range));
    dx.push_back(raw > 0 && raw < 4 ? g : 0);
    db[i % 10] += dx.back();
    dt += threshold_gradient(clipped, g, 4, c);
  }
  expect_near(rig.forward(), out, 1e-6, "output");
  rig.backward();
  expect_near(rig.gradient("x"), dx, 0, "gradient of x");
  expect_near(rig.gradient("b"), db, 1e-5, "gradient of the bias");
  expect_near(rig.gradient("t"), {dt}, 1e-5, "gradient of the threshold");
}

TEST(UniformQuantizer, StepAndParameterAreInverse) {
  for_cases([](const Case& c, std::uint64_t) {
    const float t = 1.7F, p = parameter_of(t, c.rule, c.grid);
    EXPECT_NEAR(static_cast<double>(p), parameter_for(static_cast<double>(t), c), 1e-6);
    EXPECT_NEAR(static_cast<double>(step_of(p, c.rule, c.grid)),
                range_of(static_cast<double>(t), c.grid).step, 1e-6);
  });
}

TEST(UniformQuantizer, DoesNotHideWhatIsNotANumber) {
  Rig rig;
  Parameter& p = rig.parameter("t", Role::Threshold, {0});
  Values x(19, 0.5F);
  x[3] = x[18] = std::numeric_limits<float>::quiet_NaN();
  const Var y = fake_quantize(rig.tape, rig.input("x", {1, 1, 1, 19}, x),
                              UniformQuantizer{{4, false}, ThresholdRule::Tqt, &p});
  rig.finish(y);
  const Values out = rig.forward();
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(std::isnan(out[i]), i == 3 || i == 18);
}

}  // namespace
}  // namespace freebits::search::test
