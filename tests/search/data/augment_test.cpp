// SPDX-License-Identifier: Apache-2.0
#include "search/data/augment.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

constexpr ImageShape kShape = {6, 5, 2};

std::vector<float> applied(const Augmentation& augmentation, const Normalization& normalization,
                           const Bytes& in, std::uint64_t seed) {
  std::vector<float> out(in.size());
  Random random({seed});
  Augmenter(kShape, augmentation, normalization).apply(in, random, out);
  return out;
}

TEST(Augmenter, NormalisesEveryByteByItsChannel) {
  const Bytes in = random_bytes(kShape.size(), 1);
  const auto out = applied({}, {{0.25F, 0.5F}, {0.2F, 0.4F}}, in, 0);
  for (std::size_t i = 0; i < in.size(); i += 2) {
    EXPECT_NEAR(out[i], (in[i] / 255.0 - 0.25) / 0.2, 1e-5);
    EXPECT_NEAR(out[i + 1], (in[i + 1] / 255.0 - 0.5) / 0.4, 1e-5);
  }
  const auto plain_out = applied({}, {}, in, 0);
  for (std::size_t i = 0; i < in.size(); ++i) EXPECT_FLOAT_EQ(plain_out[i], in[i] / 255.0F);
}

/// Which of all the shifts and flips gives `out`, by another way: pixel by pixel from a function.
std::tuple<int, int, bool> found(const Bytes& in, const std::vector<float>& out, int pad) {
  const int height = kShape.height, width = kShape.width;
  for (int down = -pad; down <= pad; ++down) {
    for (int right = -pad; right <= pad; ++right) {
      for (const bool flip : {false, true}) {
        bool equal = true;
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const int sy = y + down, sx = (flip ? width - 1 - x : x) + right;
            for (int c = 0; c < 2; ++c) {
              const bool inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
              const int at = (sy * width + sx) * 2 + c;
              const int to = (y * width + x) * 2 + c;
              const float value = inside ? static_cast<float>(in[static_cast<unsigned>(at)]) : 0.0F;
              const float expected = (value / 255 - 0.5F) / 0.5F;
              equal &= std::abs(out[static_cast<unsigned>(to)] - expected) < 1e-5F;
            }
          }
        }
        if (equal) return {down, right, flip};
      }
    }
  }
  ADD_FAILURE() << "not a shift or flip of the image";
  return {};
}

TEST(Augmenter, EveryShiftAndFlipHappensAndNothingElse) {
  const Bytes in = random_bytes(kShape.size(), 2);
  const Normalization n = {{0.5F, 0.5F}, {0.5F, 0.5F}};
  std::set<std::tuple<int, int, bool>> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    seen.insert(found(in, applied({.view = false, .pad = 2, .flip = true}, n, in, seed), 2));
  EXPECT_EQ(seen.size(), 50U);
}

TEST(Augmenter, PadsAsLargeAsTheImageWork) {
  const Bytes in = random_bytes(kShape.size(), 3);
  const Normalization n = {{0.5F, 0.5F}, {0.5F, 0.5F}};
  for (std::uint64_t seed = 0; seed < 300; ++seed)
    (void)found(in, applied({.view = false, .pad = 5, .flip = seed % 2 == 0}, n, in, seed), 5);
}

TEST(Augmenter, HalfOfTheImagesAreFlipped) {
  const Bytes in = random_bytes(kShape.size(), 4);
  const auto same = applied({}, {}, in, 0);
  int flipped = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    flipped += applied({.view = false, .pad = 0, .flip = true}, {}, in, seed) != same;
  EXPECT_NEAR(flipped, 1000, 100);
}

TEST(Augmenter, WrongArgumentsAreRefused) {
  const auto error = [](Augmentation a, const Normalization& n) {
    return error_of([&] { Augmenter(kShape, a, n); });
  };
  expect_contains(error({.view = false, .pad = 6, .flip = false}, {}), "crop padding of 6");
  expect_contains(error({}, {{0, 0, 0}, {1, 1, 1}}), "3 means and 3 deviations, expected 2");
  expect_contains(error({}, {{0, 0}, {1}}), "2 means and 1 deviations");
  expect_contains(error({}, {{0, 0}, {1, 0}}), "channel 1: mean 0, deviation 0");
  expect_contains(error({}, {{std::numeric_limits<float>::quiet_NaN(), 0}, {1, 1}}), "channel 0");
}

}  // namespace
}  // namespace freebits::search
