// SPDX-License-Identifier: Apache-2.0
// Quantization with gates 2 -> 4 -> 8, both published forms.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "quantizer_reference.hpp"

namespace freebits::search::test {
namespace {

struct Case {
  GatedForm form = GatedForm::Independent;
  bool is_signed = false;
  bool per_image = false;
  bool per_channel = false;
  BatchShape shape{4, 3, 3, 7};
  GateShape gate{};
  [[nodiscard]] std::string text() const {
    return std::string(form == GatedForm::Independent ? "A" : "B") +
           (is_signed ? ", signed" : ", unsigned") + (per_image ? ", per image" : "") +
           (per_channel ? ", per channel" : "");
  }
};

GatedQuantizer record(Rig& rig, const Case& c, float phi4, float phi8) {
  const std::size_t count = c.per_channel ? c.shape.channels : 1;
  Parameter& p = rig.parameter("t", Role::Threshold, random_values(rig.random, count, -1, 1.5F));
  Exact t;
  for (const double log : rig.exact_at("t")) t.push_back(std::exp2(log));
  const Values values =
      values_for(rig.random, c.shape.size(), t, 1.5, [&](double x, double threshold) {
        return is_doubtful_for_gates(x, threshold, c.is_signed, c.form);
      });
  GatedQuantizer q{.form = c.form,
                   .is_signed = c.is_signed,
                   .threshold = &p,
                   .gates = &rig.parameter("phi", Role::Gate, {phi4, phi8}),
                   .shape = c.gate,
                   .per_image = c.per_image,
                   .seed = 5};
  const Var zero = rig.input("zero", c.shape, Values(c.shape.size()), false);
  const Var x = rig.input("x", c.shape, values, rig.tape.training());
  rig.finish(add(rig.tape, "y", fake_quantize(rig.tape, x, q), zero));
  return q;
}

double threshold_at(Rig& rig, std::size_t i) {
  const auto logs = rig.at("t");
  return std::exp2(static_cast<double>(logs[i % logs.size()]));
}

GatedParts parts(Rig& rig, const Case& c, std::size_t i) {
  const double x = static_cast<double>(rig.at("x")[i]), t = threshold_at(rig, i);
  return c.form == GatedForm::Independent ? independent_parts(x, t, c.is_signed)
                                          : residual(x, t, c.is_signed, 1, 1).parts;
}

struct Gates {
  double z4, z8;
};

/// The gates that explain the output of one image, found by least squares: none does unless all its
/// values follow the equation.
Gates gates_of(Rig& rig, const Case& c, const Values& y, std::size_t image) {
  const std::size_t size = c.shape.pixels() * c.shape.channels;
  double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
  for (std::size_t i = image * size; i < (image + 1) * size; ++i) {
    const GatedParts p = parts(rig, c, i);
    const double rest = static_cast<double>(y[i]) - p.first;
    aa += p.second * p.second;
    ab += p.second * p.third;
    bb += p.third * p.third;
    ay += p.second * rest;
    by += p.third * rest;
  }
  const double det = aa * bb - ab * ab, z4 = (ay * bb - by * ab) / det;
  const double both = (by * aa - ay * ab) / det;
  constexpr double kClosed = 1e-4;
  return {z4, z4 < kClosed ? 0 : both / z4};
}

Exact output_of(Rig& rig, const Case& c, const std::vector<Gates>& gates) {
  const std::size_t size = c.shape.pixels() * c.shape.channels;
  Exact y(c.shape.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const GatedParts p = parts(rig, c, i);
    const Gates& z = gates[i / size];
    y[i] = p.first + z.z4 * (p.second + z.z8 * p.third);
  }
  return y;
}

/// dz / dphi, from z alone.
double slope_of(double z, const GateShape& g) {
  constexpr double kEnd = 1e-4;
  if (z < kEnd || z > 1 - kEnd) return 0;
  const double span = static_cast<double>(g.zeta) - static_cast<double>(g.gamma);
  const double s = (z - static_cast<double>(g.gamma)) / span;
  return s * (1 - s) / static_cast<double>(g.temperature) * span;
}

template <class Each>
void for_cases(const Each& each) {
  std::uint64_t seed = 400;
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    for (unsigned bits = 0; bits < 8; ++bits) {
      Case c{form, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      if (form == GatedForm::Residual) c.gate.temperature = 2.0F / 3;
      SCOPED_TRACE("seed " + std::to_string(++seed) + ", form " + c.text());
      each(c, seed);
    }
  }
}

std::vector<Gates> all_gates(Rig& rig, const Case& c, const Values& y) {
  std::vector<Gates> gates;
  for (std::size_t image = 0; image < c.shape.images; ++image)
    gates.push_back(gates_of(rig, c, y, image));
  return gates;
}

TEST(GatedQuantizer, FollowsItsEquationsWithGatesAllOpenOrClosed) {
  for_cases([](const Case& c, std::uint64_t seed) {
    const struct {
      float phi4, phi8;
      Gates z;
    } settings[] = {{20, 20, {1, 1}}, {20, -20, {1, 0}}, {-20, 20, {0, 1}}, {-20, -20, {0, 0}}};
    for (const auto& s : settings) {
      for (const Mode mode : {Mode::Train, Mode::Evaluate}) {
        Rig rig(2, seed, mode);
        const GatedQuantizer q = record(rig, c, s.phi4, s.phi8);
        const Values y = rig.forward(seed);
        expect_near(y, output_of(rig, c, std::vector(c.shape.images, s.z)), 2e-6, "output");
        EXPECT_EQ(open_bits(q), s.z.z4 == 0 ? 2U : s.z.z8 == 0 ? 4U : 8U);
      }
    }
  });
}

TEST(GatedQuantizer, DrawsGatesOfWhichAllValuesOfAnImageAreMade) {
  for_cases([](const Case& c, std::uint64_t seed) {
    Rig rig(3, seed);
    (void)record(rig, c, 0.3F, -0.2F);
    unsigned changes = 0;
    Values before;
    for (std::uint64_t step = 0; step < 20; ++step) {
      const Values y = rig.forward(step);
      const std::vector<Gates> gates = all_gates(rig, c, y);
      expect_near(y, output_of(rig, c, gates), 5e-6, "output");
      for (const Gates& z : gates) {
        EXPECT_GE(z.z4, -1e-4);
        EXPECT_LE(z.z4, 1 + 1e-4);
        EXPECT_NEAR(z.z4, c.per_image ? z.z4 : gates[0].z4, 1e-3);
      }
      if (c.per_image) {
        changes += std::abs(gates[0].z4 - gates[1].z4) > 0.01;
      } else {
        changes += y != before;
      }
      before = y;
      EXPECT_EQ(rig.forward(step), y) << "the same step draws the same";
    }
    EXPECT_GE(changes, 10U);
  });
}

/// The hard-concrete distribution: P(z = 0), P(z = 1), mean, against integrals over u.
TEST(GatedQuantizer, DrawsFromTheHardConcreteDistribution) {
  const Case c{.form = GatedForm::Residual, .per_image = true, .shape = {50, 2, 2, 7}};
  constexpr float kPhi4 = 0.4F, kPhi8 = -0.3F;
  Rig rig(1, 9);
  (void)record(rig, c, kPhi4, kPhi8);
  Exact z4, z8;
  for (std::uint64_t step = 0; step < 80; ++step) {
    for (const Gates& z : all_gates(rig, c, rig.forward(step))) {
      z4.push_back(z.z4);
      if (z.z4 > 0.05) z8.push_back(z.z8);
    }
  }
  const auto expect = [&](const Exact& z, double phi) {
    constexpr unsigned kSteps = 20000;
    double open = 0, full = 0, mean = 0;
    for (unsigned i = 0; i < kSteps; ++i) {
      const double u = (i + 0.5) / kSteps, logit = std::log(u / (1 - u));
      const double s = 1 / (1 + std::exp(-(logit + phi) / 0.5));
      const double value = std::clamp(s * 1.2 - 0.1, 0.0, 1.0);
      open += (value > 0) / double{kSteps};
      full += (value >= 1) / double{kSteps};
      mean += value / kSteps;
    }
    EXPECT_NEAR(static_cast<double>(open_probability(static_cast<float>(phi), {})), open, 1e-3);
    const double count = static_cast<double>(z.size()), sigmas = 4 * 0.5 / std::sqrt(count);
    const auto share = [&](auto is) {
      return static_cast<double>(std::count_if(z.begin(), z.end(), is)) / count;
    };
    EXPECT_NEAR(share([](double v) { return v > 1e-3; }), open, sigmas);
    EXPECT_NEAR(share([](double v) { return v > 1 - 1e-3; }), full, sigmas);
    double sum = 0;
    for (const double v : z) sum += v;
    EXPECT_NEAR(sum / count, mean, sigmas);
  };
  expect(z4, static_cast<double>(kPhi4));
  expect(z8, static_cast<double>(kPhi8));
}

TEST(GatedQuantizer, HasTheGradientsOfItsEquations) {
  for_cases([](const Case& c, std::uint64_t seed) {
    for (std::uint64_t step = 0; step < 4; ++step) {
      Rig rig(1 + seed % 3, seed);
      (void)record(rig, c, 0.3F, 0.5F);
      const std::vector<Gates> gates = all_gates(rig, c, rig.forward(step));
      rig.backward();
      const std::size_t size = c.shape.pixels() * c.shape.channels;
      Exact dx(c.shape.size()), dt(rig.at("t").size()), dphi(2);
      for (std::size_t i = 0; i < dx.size(); ++i) {
        const double g = static_cast<double>(rig.cotangent[i]), t = threshold_at(rig, i);
        const double x = static_cast<double>(rig.at("x")[i]);
        const Gates& z = gates[i / size];
        const GatedParts p = parts(rig, c, i);
        dphi[0] += g * slope_of(z.z4, c.gate) * (p.second + z.z8 * p.third);
        dphi[1] += g * slope_of(z.z8, c.gate) * z.z4 * p.third;
        double& to = dt[i % dt.size()];
        if (c.form == GatedForm::Independent) {
          const Range r = range_of(t, {2, c.is_signed});  // everything learns through 2 bits
          const bool above = x >= r.high, below = x < r.low;
          dx[i] = above || below ? 0 : g;
          to += std::numbers::ln2 * g * (above ? r.high : below ? r.low : quantized(x, r) - x);
        } else {
          const ResidualResult r = residual(x, t, c.is_signed, z.z4, z.z8);
          dx[i] = g * r.by_x;
          to += std::numbers::ln2 * t * g * r.by_beta;
        }
      }
      expect_near(rig.gradient("x"), dx, 1e-5, "gradient of x");
      expect_near(rig.gradient("t"), dt, 1e-4, "gradient of the threshold");
      expect_near(rig.gradient("phi"), dphi, 1e-3, "gradient of the gates");
    }
  });
}

/// Same step, same numbers: the output is smooth in phi as long as no gate reaches an end.
TEST(GatedQuantizer, HasGateGradientsOfDifferences) {
  for_cases([](const Case& c, std::uint64_t seed) {
    if (c.per_image) return;  // there some image's gate is always at an end
    Rig rig(1, seed);
    (void)record(rig, c, 0.2F, 0.4F);
    unsigned checked = 0;
    for (std::uint64_t step = 0; step < 60 && checked < 3; ++step) {
      const Gates z = gates_of(rig, c, rig.forward(step), 0);
      if (std::min(z.z4, z.z8) < 0.1 || std::max(z.z4, z.z8) > 0.9) continue;
      ++checked;
      rig.backward();
      expect_gradient(rig, "phi", rig.gradients().at("phi"), {.step = 1.0F / 64}, step);
    }
    EXPECT_EQ(checked, 3U);
  });
}

TEST(GatedQuantizer, HasGatesThatAreNamedWhenTheirGradientIsNotFinite) {
  for_cases([](const Case& c, std::uint64_t seed) {
    Rig rig(2, seed);
    (void)record(rig, c, 0.3F, 0.5F);
    (void)rig.forward();
    rig.backward();
    rig.tape.check_finite(true);
    rig.cotangent[0] = std::numeric_limits<float>::quiet_NaN();
    (void)rig.forward();
    rig.backward();
    EXPECT_EQ(error_of([&] { rig.tape.check_finite(true); }), "phi: gradient is not finite");
  });
}

/// Clipped values are the last level of every grid, whatever the threshold rounds to.
TEST(GatedQuantizer, KeepsClippedValuesOnTheGrid) {
  for (const GatedForm form : {GatedForm::Independent, GatedForm::Residual}) {
    for (const bool is_signed : {false, true}) {
      constexpr unsigned kChannels = 3001;
      Rig rig(1, 77);
      Parameter& t =
          rig.parameter("t", Role::Threshold, random_values(rig.random, kChannels, -4, 4));
      Parameter& phi = rig.parameter("phi", Role::Gate, {-20, -20});
      Values x(2 * kChannels, 1e3F);
      std::fill_n(x.begin(), kChannels, -1e3F);
      rig.finish(fake_quantize(
          rig.tape, rig.input("x", {1, 1, 2, kChannels}, x),
          GatedQuantizer{
              .form = form, .is_signed = is_signed, .threshold = &t, .gates = &phi, .shape = {}}));
      const Values y = rig.forward();
      for (std::size_t c = 0; c < kChannels; ++c) {
        const double b = threshold_at(rig, c);
        const double high = !is_signed ? b : form == GatedForm::Residual ? 2 * b / 3 : b / 2;
        const double low = !is_signed ? 0 : form == GatedForm::Residual ? -2 * b / 3 : -b;
        ASSERT_NEAR(static_cast<double>(y[c]), low, 1e-5 * b);
        ASSERT_NEAR(static_cast<double>(y[kChannels + c]), high, 1e-5 * b);
      }
    }
  }
}

TEST(GatedQuantizer, ClosesGatesAtEvaluationAsTheirProbabilitySays) {
  const GateShape shape{};
  for (float phi = -4; phi <= 4; phi += 0.125F) {
    const double open = 1 / (1 + std::exp(-(static_cast<double>(phi) - 0.5 * std::log(0.1 / 1.1))));
    EXPECT_NEAR(static_cast<double>(open_probability(phi, shape)), open, 1e-6);
    EXPECT_EQ(is_open(phi, shape), 1 - open < 0.34) << phi;
  }
  for_cases([](const Case& c, std::uint64_t seed) {
    Rig rig(1, seed, Mode::Evaluate);
    const GatedQuantizer q = record(rig, c, 2, -2);
    const Values y = rig.forward(1);
    expect_near(y, output_of(rig, c, std::vector(c.shape.images, Gates{1, 0})), 2e-6, "output");
    EXPECT_EQ(rig.forward(2), y) << "evaluation draws nothing";
    EXPECT_EQ(open_bits(q), 4U);
  });
}

}  // namespace
}  // namespace freebits::search::test
