// SPDX-License-Identifier: Apache-2.0
// Whole networks from their graphs, float and quantized.
#include "search/train/network.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "check.hpp"
#include "models/builders/builders.hpp"

namespace freebits::search::test {
namespace {

enum class Kind : std::uint8_t { Float, Uniform, Independent, Residual };
constexpr Kind kKinds[] = {Kind::Float, Kind::Uniform, Kind::Independent, Kind::Residual};
constexpr const char* kNames[] = {"float", "w4a8", "gates A", "gates B"};

constexpr const char* kSpecs[] = {"mobilenet_v1:width=0.25,resolution=32,classes=10",
                                  "mobilenet_v2:width=0.25,resolution=32,classes=10",
                                  "mobilenet_v2:width=0.25,resolution=96",
                                  "resnet8:resolution=32,classes=10", "ds_cnn"};

/// A network with random images and labels.
class Trained {
 public:
  Trained(const std::string& spec, Kind kind, unsigned count, unsigned images,
          Mode mode = Mode::Train)
      : graph_(models::build_network(spec)) {
    if (kind != Kind::Float) quantization_ = uniform_quantization(graph_, 4, 8);
    if (kind == Kind::Independent) quantization_.gated = GatedForm::Independent;
    if (kind == Kind::Residual) quantization_.gated = GatedForm::Residual;
    const Quantization* const q = kind == Kind::Float ? nullptr : &quantization_;
    create_parameters(parameters, graph_, 1, q);
    network.emplace(threads(count), mode, graph_, parameters,
                    NetworkOptions{.images = images, .label_smoothing = 0.1F, .quantization = q});
    Random random{2};
    images_ = random_values(random, network->input().shape().size(), -1, 1);
    for (unsigned i = 0; i < images; ++i)
      labels_.push_back(
          static_cast<std::uint32_t>(random.below(network->logits().shape().channels)));
    network->tape().feed(network->input(), images_);
    network->loss().feed(labels_);
  }
  Trained(const Trained&) = delete;
  Trained& operator=(const Trained&) = delete;

  double loss(std::uint64_t step = 0) {
    network->tape().forward(step);
    return network->loss().loss();
  }
  double step(std::uint64_t number) {
    const double before = loss(number);
    network->tape().backward();
    for (Parameter& p : parameters) {
      for (std::size_t i = 0; i < p.gradient.size(); ++i) p.value[i] -= 0.01F * p.gradient[i];
    }
    return before;
  }
  Values everything() const {
    Values all;
    for (const Parameter& p : parameters) {
      all.insert(all.end(), p.value.span().begin(), p.value.span().end());
      all.insert(all.end(), p.gradient.span().begin(), p.gradient.span().end());
    }
    return all;
  }

  Parameters parameters;
  std::optional<Network> network;

 private:
  models::Graph graph_;
  Quantization quantization_;
  Values images_;
  std::vector<std::uint32_t> labels_;
};

TEST(Network, OfEveryKindLearnsInEveryParameter) {
  for (const char* const spec : kSpecs) {
    for (const Kind kind : kKinds) {
      SCOPED_TRACE(std::string(spec) + ", " + kNames[static_cast<int>(kind)]);
      Trained t(spec, kind, 2, 3);
      const double loss = t.loss();
      EXPECT_TRUE(std::isfinite(loss));
      t.network->tape().backward();
      t.network->tape().check_finite(true);
      for (const Parameter& p : t.parameters) {
        if (p.role != Role::Weight && p.role != Role::Affine) continue;
        double sum = 0;
        for (const float g : p.gradient.span()) sum += std::abs(static_cast<double>(g));
        EXPECT_TRUE(std::isfinite(sum)) << p.name;
        EXPECT_GT(sum, 0) << p.name;
      }
    }
  }
}

TEST(Network, EvaluatesWithItsRunningStatistics) {
  for (const Kind kind : kKinds) {
    SCOPED_TRACE(kNames[static_cast<int>(kind)]);
    Trained t("resnet8:resolution=16,classes=10", kind, 2, 3, Mode::Evaluate);
    const Values before = t.everything();
    const double loss = t.loss(1);
    EXPECT_TRUE(std::isfinite(loss));
    EXPECT_EQ(t.loss(2), loss);
    EXPECT_EQ(t.everything(), before);
  }
}

TEST(Network, GivesTheSameBitsForTheSameSeedAndThreads) {
  for (const Kind kind : kKinds) {
    for (const unsigned count : {1U, 3U}) {
      SCOPED_TRACE(std::string(kNames[static_cast<int>(kind)]) + ", threads " +
                   std::to_string(count));
      const auto run = [&] {
        Trained t("mobilenet_v2:width=0.25,resolution=16,classes=10", kind, count, 5);
        for (std::uint64_t step = 0; step < 3; ++step) (void)t.step(step);
        return t.everything();
      };
      EXPECT_EQ(run(), run());
    }
  }
}

/// Loss along a line through all parameters.
double slope(Trained& t, const std::map<std::string, Values>& direction, float h) {
  std::map<std::string, Values> saved;
  for (const auto& [name, unused] : direction) {
    const auto values = t.parameters.at(name).value.span();
    saved.emplace(name, Values(values.begin(), values.end()));
  }
  const auto loss_at = [&](float by) {
    for (const auto& [name, d] : direction) {
      for (std::size_t i = 0; i < d.size(); ++i)
        t.parameters.at(name).value[i] = saved.at(name)[i] + by * d[i];
    }
    return t.loss();
  };
  const double above = loss_at(h), below = loss_at(-h);
  for (const auto& [name, values] : saved)
    std::ranges::copy(values, t.parameters.at(name).value.data());
  return (above - below) / (2 * static_cast<double>(h));
}

/// The loss's slope against differences, in directions that have random halves of the gradient: in
/// a random direction of so many dimensions a slope would be lost among rounding errors.
void expect_slopes(const std::string& spec, double tolerance) {
  SCOPED_TRACE(spec);
  Trained t(spec, Kind::Float, 1, 16);
  (void)t.loss();
  t.network->tape().backward();
  double square = 0;
  std::map<std::string, Values> gradient;
  for (const Parameter& p : t.parameters) {
    if (p.role == Role::Statistic) continue;
    gradient.emplace(p.name, Values(p.gradient.span().begin(), p.gradient.span().end()));
    for (const float g : p.gradient.span())
      square += static_cast<double>(g) * static_cast<double>(g);
  }
  const auto norm = static_cast<float>(std::sqrt(square));
  Random random{3};
  constexpr unsigned kDirections = 3;
  constexpr float kStep = 1e-4F;
  double ratios = 0;
  for (unsigned k = 0; k < kDirections; ++k) {
    std::map<std::string, Values> direction = gradient;
    double expected = 0;
    for (auto& [name, d] : direction) {
      for (float& value : d) {
        const float g = value;
        value = random.below(2) == 0 ? 0 : g / norm;
        expected += static_cast<double>(g) * static_cast<double>(value);
      }
    }
    ratios += slope(t, direction, kStep) / expected / kDirections;
  }
  EXPECT_NEAR(ratios, 1, tolerance);
}

/// A MobileNet is curved: many batch norms over few pixels. Half of its difference from 1 goes with
/// a third of the step, until rounding takes over.
TEST(Network, HasTheGradientOfDifferences) {
  expect_slopes("mobilenet_v2:width=0.25,resolution=16,classes=10", 0.02);
  expect_slopes("mobilenet_v2:width=0.25,resolution=32,classes=10", 0.01);
  expect_slopes("resnet8:resolution=16,classes=10", 0.002);
}

}  // namespace
}  // namespace freebits::search::test
