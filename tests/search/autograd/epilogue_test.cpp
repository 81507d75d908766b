// SPDX-License-Identifier: Apache-2.0
// What follows a layer element by element: bias, batch norm, ReLU, ReLU6.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference.hpp"

namespace freebits::search::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Normalization {
  BatchShape shape;
  bool batch_statistics = true;
  float momentum = 0.1F;
};

Var with_batch_norm(Rig& rig, Var x, const Normalization& s, float least_gamma = 0.5F) {
  const std::size_t channels = x.shape().channels;
  const auto make = [&](const char* name, Role role, float low, float high) {
    return &rig.parameter(name, role, random_values(rig.random, channels, low, high));
  };
  BatchNorm bn;
  bn.gamma = make("gamma", Role::Affine, least_gamma, 1.5F);
  bn.beta = make("beta", Role::Affine, -1, 1);
  bn.mean = make("mean", Role::Statistic, -1, 1);
  bn.variance = make("variance", Role::Statistic, 0.5F, 2);
  bn.batch_statistics = s.batch_statistics;
  bn.momentum = s.momentum;
  return batch_norm(rig.tape, x, bn);
}

Exact normalized_of(Rig& rig, const Exact& x, const Normalization& s) {
  const Moments m = s.batch_statistics ? moments_of(x, rig.at("gamma").size())
                                       : Moments{rig.exact_at("mean"), rig.exact_at("variance")};
  return normalized(x, m, static_cast<double>(1e-5F), rig.exact_at("gamma"), rig.exact_at("beta"));
}

/// Two differences of a normalisation have a curvature.
constexpr Precision kSmooth{.forward = 2e-5, .gradient = 3e-3, .step = 1.0F / 128};

/// Batch norm on the output of `layer`, whose exact output `layer_of` gives.
void check_batch_norm(std::uint64_t seed, const Normalization& s,
                      const std::function<Var(Rig&, Var)>& layer,
                      const std::function<Exact(Rig&, const Exact&)>& layer_of) {
  SCOPED_TRACE(s.shape.text() + (s.batch_statistics ? " batch" : " running") + " statistics");
  check(
      seed,
      [&](Rig& rig) {
        const Var x = rig.input("x", s.shape, random_values(rig.random, s.shape.size(), -2, 2));
        return with_batch_norm(rig, layer(rig, x), s);
      },
      [&](Rig& rig) { return normalized_of(rig, layer_of(rig, rig.exact_at("x")), s); }, kSmooth);
}

/// Every op that makes a value, with what it ought to make: each has to collect statistics.
struct Layer {
  const char* name;
  std::function<Var(Rig&, Var)> record;
  std::function<Exact(Rig&, const Exact&)> exact;
};

std::vector<Layer> layers(const BatchShape& shape) {
  const Window window{3, 3, 1, 1, 1, 1, 1}, pool{.height = 2, .width = 2, .stride = 1};
  const std::size_t channels = shape.channels;
  const auto weights = [channels](Rig& rig, std::size_t rows) {
    return rig.weights("w", rows, channels, random_values(rig.random, rows * channels, -1, 1));
  };
  std::vector<Layer> all;
  all.push_back({"input", [](Rig&, Var x) { return x; }, [](Rig&, const Exact& x) { return x; }});
  all.push_back(
      {"pointwise", [=](Rig& r, Var x) { return pointwise(r.tape, "y", x, weights(r, channels)); },
       [=](Rig& r, const Exact& x) { return conv_of(shape, x, r.exact_at("w"), channels, {}); }});
  all.push_back(
      {"conv",
       [=](Rig& r, Var x) { return conv(r.tape, "y", x, weights(r, 9 * channels), window); },
       [=](Rig& r, const Exact& x) {
         return conv_of(shape, x, r.exact_at("w"), channels, window);
       }});
  all.push_back(
      {"depthwise", [=](Rig& r, Var x) { return depthwise(r.tape, "y", x, weights(r, 9), window); },
       [=](Rig& r, const Exact& x) { return depthwise_of(shape, x, r.exact_at("w"), window); }});
  all.push_back({"add",
                 [](Rig& r, Var x) {
                   return add(
                       r.tape, "y", x,
                       r.input("b", x.shape(), random_values(r.random, x.shape().size(), -1, 1)));
                 },
                 [](Rig& r, Exact x) {
                   const Exact b = r.exact_at("b");
                   for (std::size_t i = 0; i < x.size(); ++i) x[i] += b[i];
                   return x;
                 }});
  all.push_back({"average_pool", [](Rig& r, Var x) { return average_pool(r.tape, "y", x); },
                 [=](Rig&, const Exact& x) { return average_pool_of(shape, x); }});
  all.push_back({"max_pool", [=](Rig& r, Var x) { return max_pool(r.tape, "y", x, pool); },
                 [=](Rig&, const Exact& x) { return max_pool_of(shape, x, pool); }});
  return all;
}

TEST(BatchNorm, NormalizesTheOutputOfEveryOp) {
  const BatchShape shape{6, 5, 4, 11};
  for (const bool batch : {true, false}) {
    for (const Layer& layer : layers(shape)) {
      SCOPED_TRACE(layer.name);
      // Largest values change places under large steps; there are none for a max pool's kinks.
      if (std::string(layer.name) == "max_pool") continue;
      check_batch_norm(11, {.shape = shape, .batch_statistics = batch}, layer.record, layer.exact);
    }
  }
}

TEST(BatchNorm, NormalizesTheOutputOfAMaxPool) {
  const BatchShape shape{4, 4, 4, 3};
  Rig rig;
  const Layer layer = layers(shape).back();
  const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -2, 2));
  const Normalization s{.shape = shape};
  rig.finish(with_batch_norm(rig, layer.record(rig, x), s));
  expect_near(rig.forward(), normalized_of(rig, layer.exact(rig, rig.exact_at("x")), s), 2e-5, "y");
}

TEST(BatchNorm, TakesEveryNumberOfChannels) {
  for (unsigned channels = 1; channels <= 40; ++channels) {
    const BatchShape shape{3, 3, 1 + channels % 4, channels};
    const Layer identity = layers(shape).front();
    check_batch_norm(channels, {.shape = shape}, identity.record, identity.exact);
  }
}

/// PyTorch: running = (1 - momentum) · running + momentum · batch, the variance unbiased.
TEST(BatchNorm, KeepsRunningStatisticsAsPyTorchDoes) {
  const BatchShape shape{5, 3, 3, 13};
  for (const unsigned count : {1U, 3U}) {
    Rig rig(count, 21);
    Normalization s{.shape = shape};
    const Layer pointwise_layer = layers(shape)[1];
    const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -2, 2));
    rig.finish(with_batch_norm(rig, pointwise_layer.record(rig, x), s));
    Exact mean = rig.exact_at("mean"), variance = rig.exact_at("variance");
    const double rows = static_cast<double>(shape.rows());
    for (unsigned step = 0; step < 4; ++step) {
      std::ranges::copy(random_values(rig.random, shape.size(), -1, 2), rig.at("x").begin());
      (void)rig.forward();
      const Moments m = moments_of(pointwise_layer.exact(rig, rig.exact_at("x")), shape.channels);
      for (std::size_t c = 0; c < shape.channels; ++c) {
        mean[c] = 0.9 * mean[c] + 0.1 * m.mean[c];
        variance[c] = 0.9 * variance[c] + 0.1 * m.variance[c] * rows / (rows - 1);
      }
    }
    expect_near(rig.at("mean"), mean, 1e-5, "running mean");
    expect_near(rig.at("variance"), variance, 1e-5, "running variance");
  }
}

TEST(BatchNorm, IsExactFarFromZero) {
  const BatchShape shape{8, 4, 4, 5};
  Rig rig(2, 3);
  const Normalization s{.shape = shape};
  const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), 1000, 1001));
  rig.finish(with_batch_norm(rig, x, s));
  for (unsigned step = 0; step < 100; ++step) (void)rig.forward();  // running mean: the pivot
  // Values near 1000 are multiples of 6e-5; the spread is 0.3.
  expect_near(rig.forward(), normalized_of(rig, rig.exact_at("x"), s), 2e-3, "output");
}

TEST(BatchNorm, LeavesRunningStatisticsAloneWhereTheyNormalize) {
  for (const bool evaluate : {true, false}) {
    const BatchShape shape{4, 2, 2, 6};
    Rig rig(1, 4, evaluate ? Mode::Evaluate : Mode::Train);
    const Normalization s{.shape = shape, .batch_statistics = evaluate};
    const Layer layer = layers(shape)[1];
    const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -2, 2), !evaluate);
    rig.finish(with_batch_norm(rig, layer.record(rig, x), s));
    const Exact mean = rig.exact_at("mean"), variance = rig.exact_at("variance");
    const Values y = rig.forward();
    EXPECT_EQ(rig.exact_at("mean"), mean);
    EXPECT_EQ(rig.exact_at("variance"), variance);
    const Normalization running{.shape = shape, .batch_statistics = false};
    expect_near(y, normalized_of(rig, layer.exact(rig, rig.exact_at("x")), running), 2e-5, "y");
  }
}

TEST(Bias, IsAddedToEveryPixel) {
  for (unsigned channels = 1; channels <= 34; channels += 3) {
    const BatchShape shape{3, 2, 5, channels};
    check(
        channels,
        [&](Rig& rig) {
          const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
          return bias(rig.tape, x,
                      rig.parameter("b", Role::Affine, random_values(rig.random, channels, -1, 1)));
        },
        [&](Rig& rig) {
          Exact y = rig.exact_at("x");
          const Exact b = rig.exact_at("b");
          for (std::size_t i = 0; i < y.size(); ++i) y[i] += b[i % channels];
          return y;
        });
  }
}

/// Values at least 0.125 away from 0 and 6.
Values away_from_kinks(Random& random, std::size_t count) {
  Values values(count);
  for (float& v : values) {
    do v = random.between(-3, 9);
    while (std::abs(v) < 0.125F || std::abs(v - 6) < 0.125F);
  }
  return values;
}

TEST(Relu, ClipsAndLetsTheGradientThroughInside) {
  for (const bool six : {false, true}) {
    for (unsigned channels = 1; channels <= 33; channels += 4) {
      const BatchShape shape{3, 3, 3, channels};
      check(
          channels,
          [&](Rig& rig) {
            const Var x = rig.input("x", shape, away_from_kinks(rig.random, shape.size()));
            return six ? relu6(rig.tape, x) : relu(rig.tape, x);
          },
          [&](Rig& rig) { return clipped(rig.exact_at("x"), 0, six ? 6 : kInfinity); });
    }
  }
}

/// The whole chain on one value: batch norm, then ReLU6, away from its kinks.
TEST(Epilogue, CarriesOutBatchNormAndReluTogether) {
  const BatchShape shape{8, 3, 3, 19};
  const Normalization s{.shape = shape, .batch_statistics = false};
  check(
      13,
      [&](Rig& rig) {
        const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -2, 2));
        const Var y = relu6(rig.tape, with_batch_norm(rig, average_pool(rig.tape, "p", x), s));
        // Means of nine are small: half of the channels are inside, half below.
        for (std::size_t c = 0; c < shape.channels; ++c)
          rig.at("beta")[c] = c % 2 == 0 ? 3.0F : -4.0F;
        std::ranges::fill(rig.at("mean"), 0.0F);
        return y;
      },
      [&](Rig& rig) {
        return clipped(normalized_of(rig, average_pool_of(shape, rig.exact_at("x")), s), 0, 6);
      },
      kSmooth);
}

TEST(Relu, DoesNotHideWhatIsNotANumber) {
  for (const bool six : {false, true}) {
    for (unsigned at = 0; at < 19; ++at) {  // whole vectors and the rest
      Values x(19, 1);
      x[at] = std::numeric_limits<float>::quiet_NaN();
      Rig rig;
      const Var in = rig.input("x", {1, 1, 1, 19}, x);
      rig.finish(six ? relu6(rig.tape, in) : relu(rig.tape, in));
      const Values y = rig.forward();
      EXPECT_TRUE(std::isnan(y[at])) << at;
      EXPECT_EQ(std::ranges::count_if(y, [](float v) { return std::isnan(v); }), 1);
    }
  }
}

}  // namespace
}  // namespace freebits::search::test
