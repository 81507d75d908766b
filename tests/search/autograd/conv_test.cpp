// SPDX-License-Identifier: Apache-2.0
// Layers with weights: pointwise, convolution, depthwise.
#include "reference.hpp"

namespace freebits::search::test {
namespace {

std::string text(const BatchShape& x, const Window& w) {
  return x.text() + ", kernel " + std::to_string(w.height) + "x" + std::to_string(w.width) +
         " stride " + std::to_string(w.stride) + " padding " + std::to_string(w.top) +
         std::to_string(w.left) + std::to_string(w.bottom) + std::to_string(w.right);
}

bool fits(const BatchShape& x, const Window& w) {
  return x.height + w.top + w.bottom >= w.height && x.width + w.left + w.right >= w.width;
}

void check_conv(std::uint64_t seed, const BatchShape& shape, std::size_t out, const Window& w) {
  SCOPED_TRACE(text(shape, w) + " to " + std::to_string(out));
  const std::size_t rows = std::size_t{w.height} * w.width * shape.channels;
  check(
      seed,
      [&](Rig& rig) {
        const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
        const Var weights =
            rig.weights("w", rows, out, random_values(rig.random, rows * out, -1, 1));
        return conv(rig.tape, "y", x, weights, w);
      },
      [&](Rig& rig) { return conv_of(shape, rig.exact_at("x"), rig.exact_at("w"), out, w); });
}

void check_depthwise(std::uint64_t seed, const BatchShape& shape, const Window& w) {
  SCOPED_TRACE(text(shape, w));
  check(
      seed,
      [&](Rig& rig) {
        const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
        const Var weights = rig.weights("w", 9, shape.channels,
                                        random_values(rig.random, 9 * shape.channels, -1, 1));
        return depthwise(rig.tape, "y", x, weights, w);
      },
      [&](Rig& rig) { return depthwise_of(shape, rig.exact_at("x"), rig.exact_at("w"), w); });
}

TEST(Pointwise, EqualsPlainLoopsAndItsGradientsDifferences) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random{seed};
    const BatchShape shape = random_shape(random, {6, 5, 5, 70});
    const std::size_t out = 1 + random.below(70);
    SCOPED_TRACE(shape.text() + " to " + std::to_string(out));
    check(
        seed,
        [&](Rig& rig) {
          const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
          const Var w = rig.weights("w", shape.channels, out,
                                    random_values(rig.random, shape.channels * out, -1, 1));
          return pointwise(rig.tape, "y", x, w);
        },
        [&](Rig& rig) { return conv_of(shape, rig.exact_at("x"), rig.exact_at("w"), out, {}); });
  }
}

/// More rows than a block, and a weight matrix larger than a tile in both directions.
TEST(Pointwise, TakesMoreRowsThanABlock) {
  const BatchShape shape{3, 21, 23, 9};
  check(
      5,
      [&](Rig& rig) {
        const Var x = rig.input("x", shape, random_values(rig.random, shape.size(), -1, 1));
        return pointwise(rig.tape, "y", x,
                         rig.weights("w", 9, 35, random_values(rig.random, 9 * 35, -1, 1)));
      },
      [&](Rig& rig) { return conv_of(shape, rig.exact_at("x"), rig.exact_at("w"), 35, {}); });
}

TEST(Conv, EqualsPlainLoopsAndItsGradientsDifferencesForEveryKernel) {
  std::uint64_t seed = 100;
  for (const unsigned height : {1U, 2U, 3U}) {
    for (const unsigned width : {1U, 2U, 3U}) {
      for (const unsigned stride : {1U, 2U}) {
        Random random{++seed};
        const auto pad = [&] { return static_cast<unsigned>(random.below(3)); };
        const Window w{height, width, stride, pad(), pad(), pad(), pad()};
        BatchShape shape = random_shape(random, {4, 7, 7, 20});
        while (!fits(shape, w)) shape = random_shape(random, {4, 7, 7, 20});
        check_conv(seed, shape, 1 + random.below(40), w);
      }
    }
  }
}

TEST(Conv, TakesTheWindowOfKeywordSpotting) {
  check_conv(1, {2, 49, 10, 1}, 17, {10, 4, 2, 4, 1, 5, 2});
  check_conv(2, {3, 12, 6, 2}, 5, {10, 4, 1, 0, 3, 2, 0});
}

TEST(Conv, TakesWindowsThatLeaveRowsAndColumnsOut) {
  check_conv(3, {2, 6, 7, 3}, 4, {.height = 2, .width = 1, .stride = 3});
  check_conv(4, {2, 1, 1, 70}, 33, {3, 3, 2, 1, 1, 1, 1});
}

TEST(Depthwise, EqualsPlainLoopsAndItsGradientsDifferencesForEveryPadding) {
  std::uint64_t seed = 200;
  for (unsigned code = 0; code < 81; ++code) {
    Random random{++seed};
    const unsigned stride = 1 + static_cast<unsigned>(random.below(2));
    const Window w{3, 3, stride, code % 3, code / 3 % 3, code / 9 % 3, code / 27};
    BatchShape shape = random_shape(random, {4, 6, 6, 36});
    while (!fits(shape, w)) shape = random_shape(random, {4, 6, 6, 36});
    check_depthwise(seed, shape, w);
  }
}

TEST(Depthwise, TakesEveryNumberOfChannels) {
  for (unsigned channels = 1; channels <= 70; ++channels) {
    Random random{channels};
    const unsigned stride = 1 + channels % 2, size = 1 + static_cast<unsigned>(random.below(5));
    check_depthwise(channels, {1 + channels % 3, size, 6 - size, channels},
                    {3, 3, stride, 1, 1, 1, 1});
  }
}

TEST(Depthwise, TakesImagesOfOnePixel) {
  check_depthwise(1, {3, 1, 1, 5}, {3, 3, 1, 1, 1, 1, 1});
  check_depthwise(2, {6, 1, 1, 64}, {3, 3, 2, 2, 0, 0, 2});
}

TEST(Depthwise, TakesRowsLongerThanABlock) {
  check_depthwise(3, {2, 5, 150, 3}, {3, 3, 1, 1, 1, 1, 1});
  check_depthwise(4, {2, 5, 301, 2}, {3, 3, 2, 0, 1, 1, 0});
}

}  // namespace
}  // namespace freebits::search::test
