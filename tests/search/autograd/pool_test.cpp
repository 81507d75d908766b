// SPDX-License-Identifier: Apache-2.0
// Additions, copies and pools: layers without weights.
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "reference.hpp"

namespace freebits::search::test {
namespace {

/// Every two at least 0.125 apart, in random order.
Values distinct_values(Random& random, std::size_t count) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = 0.125F * (static_cast<float>(i) - static_cast<float>(count) / 2);
  for (std::size_t i = count; i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
  return values;
}

void check_max_pool(std::uint64_t seed, const BatchShape& shape, const Window& w) {
  SCOPED_TRACE(shape.text());
  check(
      seed,
      [&](Rig& rig) {
        return max_pool(rig.tape, "y",
                        rig.input("x", shape, distinct_values(rig.random, shape.size())), w);
      },
      [&](Rig& rig) { return max_pool_of(shape, rig.exact_at("x"), w); });
}

TEST(MaxPool, EqualsPlainLoopsAndItsGradientsDifferences) {
  check_max_pool(1, {3, 6, 6, 5}, {.height = 2, .width = 2, .stride = 2});
  check_max_pool(2, {2, 7, 5, 17}, {3, 3, 2, 1, 1, 1, 1});
  check_max_pool(3, {4, 5, 6, 3}, {3, 2, 1, 2, 0, 1, 1});
  check_max_pool(4, {2, 1, 1, 8}, {3, 3, 1, 1, 2, 1, 2});
  check_max_pool(5, {1, 7, 7, 2}, {.height = 2, .width = 2, .stride = 3});
}

TEST(MaxPool, SendsTheGradientToTheFirstOfTheLargest) {
  Rig rig;
  rig.finish(max_pool(rig.tape, "y", rig.input("x", {1, 2, 2, 1}, {3, 5, 5, 5}),
                      {.height = 2, .width = 2}));
  EXPECT_EQ(rig.forward(), Values{5});
  rig.cotangent = {2};
  rig.backward();
  const auto gradient = rig.gradient("x");
  EXPECT_EQ(Values(gradient.begin(), gradient.end()), (Values{0, 2, 0, 0}));
}

TEST(MaxPool, DoesNotHideWhatIsNotANumber) {
  for (std::size_t at = 0; at < 4; ++at) {
    Values x{1, 2, 3, 4};
    x[at] = std::numeric_limits<float>::quiet_NaN();
    Rig rig;
    rig.finish(max_pool(rig.tape, "y", rig.input("x", {1, 2, 2, 1}, x), {.height = 2, .width = 2}));
    EXPECT_TRUE(std::isnan(rig.forward()[0])) << at;
  }
}

TEST(AveragePool, EqualsPlainLoopsAndItsGradientsDifferences) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random random{seed};
    BatchShape shape = random_shape(random, {6, 7, 7, 70});
    if (seed == 8) shape = {3, 30, 31, 130};  // more than a block
    SCOPED_TRACE(shape.text());
    check(
        seed,
        [&](Rig& rig) {
          const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
          return average_pool(rig.tape, "y", x);
        },
        [&](Rig& rig) { return average_pool_of(shape, rig.exact_at("x")); });
  }
}

TEST(Add, IsTheSumAndSendsItsGradientToBoth) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random{seed};
    BatchShape shape = random_shape(random, {6, 6, 6, 40});
    if (seed == 6) shape = {2, 30, 30, 64};  // more than a block
    SCOPED_TRACE(shape.text());
    check(
        seed,
        [&](Rig& rig) {
          const Var a = rig.input("a", shape, random_values(rig.random, shape.size(), -1, 1));
          const Var b = rig.input("b", shape, random_values(rig.random, shape.size(), -1, 1));
          return add(rig.tape, "y", a, b);
        },
        [&](Rig& rig) {
          Exact y = rig.exact_at("a");
          const Exact b = rig.exact_at("b");
          for (std::size_t i = 0; i < y.size(); ++i) y[i] += b[i];
          return y;
        });
  }
}

/// relu(x) · w + conv(x): x is read as it is and through what follows, which makes a copy.
TEST(Copy, LetsAValueBeReadWithAndWithoutWhatFollows) {
  const BatchShape shape{4, 5, 3, 9};
  const auto signs_away_from_zero = [&](Random& random) {
    Values x = random_values(random, shape.size(), 0.25F, 1);
    const Values signs = random_signs(random, shape.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= signs[i];
    return x;
  };
  check(
      7,
      [&](Rig& rig) {
        const Var x = rig.input("x", shape, signs_away_from_zero(rig.random));
        const Var plain = pointwise(rig.tape, "plain", x,
                                    rig.weights("u", 9, 7, random_values(rig.random, 63, -1, 1)));
        const Var through = pointwise(rig.tape, "through", relu(rig.tape, x),
                                      rig.weights("w", 9, 7, random_values(rig.random, 63, -1, 1)));
        return add(rig.tape, "y", plain, through);
      },
      [&](Rig& rig) {
        const Exact x = rig.exact_at("x");
        Exact y = conv_of(shape, x, rig.exact_at("u"), 7, {});
        const Exact z = conv_of(shape, clipped(x, 0, 1e9), rig.exact_at("w"), 7, {});
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += z[i];
        return y;
      });
}

/// A residual block: its input has three readers, and what is between has epilogues.
TEST(Add, TakesGradientsOfResiduals) {
  const BatchShape shape{5, 4, 4, 12};
  check(
      8,
      [&](Rig& rig) {
        Tape& t = rig.tape;
        const auto weights = [&](const char* name, std::size_t rows) {
          return rig.weights(name, rows, 12, random_values(rig.random, rows * 12, -0.5F, 0.5F));
        };
        Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
        x = bias(t, pointwise(t, "in", x, weights("w0", 12)),
                 rig.parameter("b", Role::Affine, random_values(rig.random, 12, -1, 1)));
        const Var a = depthwise(t, "a", x, weights("w1", 9), {3, 3, 1, 1, 1, 1, 1});
        const Var b = conv(t, "b_", x, weights("w2", 48), {2, 2, 1, 0, 0, 1, 1});
        return add(t, "y", add(t, "ab", a, b), x);
      },
      [&](Rig& rig) {
        Exact x = conv_of(shape, rig.exact_at("x"), rig.exact_at("w0"), 12, {});
        const Exact shift = rig.exact_at("b");
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += shift[i % 12];
        const Exact a = depthwise_of(shape, x, rig.exact_at("w1"), {3, 3, 1, 1, 1, 1, 1});
        const Exact b = conv_of(shape, x, rig.exact_at("w2"), 12, {2, 2, 1, 0, 0, 1, 1});
        for (std::size_t i = 0; i < x.size(); ++i) x[i] += a[i] + b[i];
        return x;
      });
}

}  // namespace
}  // namespace freebits::search::test
