// SPDX-License-Identifier: Apache-2.0
#include "search/data/normalization.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "files.hpp"
#include "search/data/memory_dataset.hpp"

namespace freebits::search {
namespace {

using namespace test;

std::unique_ptr<Dataset> set_of(ImageShape shape, const Bytes& pixels) {
  return memory_dataset({shape, 1, pixels, Bytes(pixels.size() / shape.size()), 0});
}

TEST(Normalization, IsMeanAndDeviationOfEachChannel) {
  const Bytes pixels = random_bytes(std::size_t{50} * 4 * 3 * 2, 1);
  const auto set = set_of({4, 3, 2}, pixels);
  const Normalization n = measure_normalization(*set);
  for (unsigned c = 0; c < 2; ++c) {
    double mean = 0, variance = 0;
    const double count = static_cast<double>(pixels.size()) / 2;
    for (std::size_t i = c; i < pixels.size(); i += 2) mean += pixels[i] / 255.0 / count;
    for (std::size_t i = c; i < pixels.size(); i += 2)
      variance += std::pow(pixels[i] / 255.0 - mean, 2) / count;
    EXPECT_NEAR(n.mean[c], mean, 1e-6);
    EXPECT_NEAR(n.deviation[c], std::sqrt(variance), 1e-6);
  }
  EXPECT_EQ(measure_normalization(*set, 3), n);
}

TEST(Normalization, ChannelOfOneValueHasDeviationOne) {
  const Normalization n = measure_normalization(*set_of({2, 2, 1}, Bytes(40, 51)));
  EXPECT_FLOAT_EQ(n.mean[0], 0.2F);
  EXPECT_EQ(n.deviation[0], 1.0F);
}

TEST(Normalization, OneDifferentByteIsSeen) {
  Bytes pixels(100'000, 255);
  pixels[3] = 254;
  EXPECT_LT(measure_normalization(*set_of({10, 10, 1}, pixels)).deviation[0], 0.001F);
}

TEST(Normalization, FewImagesAreSpreadOverTheSet) {
  Bytes pixels;
  for (unsigned i = 0; i < 100; ++i) pixels.push_back(static_cast<std::uint8_t>(i));
  const auto set = set_of({1, 1, 1}, pixels);
  EXPECT_NEAR(measure_normalization(*set, 1, 4).mean[0] * 255, (0 + 25 + 50 + 75) / 4.0, 1e-4);
  EXPECT_EQ(measure_normalization(*set, 1, 1000), measure_normalization(*set));
  expect_contains(error_of([&] { (void)measure_normalization(*set, 0); }), "workers: 0");
  expect_contains(error_of([&] { (void)measure_normalization(*set, 1, 0); }), "images to measure");
}

}  // namespace
}  // namespace freebits::search
