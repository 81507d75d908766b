// SPDX-License-Identifier: Apache-2.0
#include "search/data/resize.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

Bytes resized(const Bytes& in, const Axis& y, const Axis& x) {
  Bytes out(std::size_t{y.count} * x.count * 3);
  Resizer().apply(in, 3, y, x, out);
  return out;
}

TEST(Resize, SameSizeIsACopy) {
  const Bytes in = random_bytes(7 * 9 * 3, 1);
  EXPECT_EQ(resized(in, {7, 7, 0, 7}, {9, 9, 0, 9}), in);
}

TEST(Resize, PlainColourStaysAtEveryScale) {
  const Bytes in(std::size_t{13} * 17 * 3, 201);
  for (const unsigned height : {1U, 2U, 5U, 13U, 40U}) {
    for (const unsigned width : {1U, 3U, 17U, 100U}) {
      const Bytes out = resized(in, {13, height, 0, height}, {17, width, 0, width});
      for (const auto byte : out) ASSERT_NEAR(byte, 201, 1);
    }
  }
}

TEST(Resize, HalfOfStripesIsTheirMean) {
  Bytes in;
  for (unsigned i = 0; i < 32 * 32; ++i) in.insert(in.end(), 3, i % 2 == 0 ? 0 : 200);
  const Bytes out = resized(in, {32, 8, 0, 8}, {32, 8, 0, 8});
  for (unsigned y = 0; y < 8; ++y) {
    for (unsigned x = 1; x < 7; ++x) EXPECT_NEAR(out[(y * 8 + x) * 3], 100, 2);
  }
}

TEST(Resize, RampStaysARamp) {
  Bytes in;
  for (unsigned x = 0; x < 50; ++x) in.insert(in.end(), 3, static_cast<std::uint8_t>(5 * x));
  for (const unsigned width : {20U, 25U, 75U, 150U}) {
    const Bytes out = resized(in, {1, 1, 0, 1}, {50, width, 0, width});
    const double step = 50.0 / width;
    for (unsigned x = width / 10; x < width - width / 10; ++x)
      ASSERT_NEAR(out[x * 3], 5 * ((x + 0.5) * step - 0.5), 1.5) << width << " at " << x;
  }
}

TEST(Resize, CropIsAPartOfTheWhole) {
  const Bytes in = random_bytes(31 * 23 * 3, 2);
  const Bytes whole = resized(in, {31, 20, 0, 20}, {23, 15, 0, 15});
  const Bytes part = resized(in, {31, 20, 4, 7}, {23, 15, 6, 9});
  for (unsigned y = 0; y < 7; ++y) {
    for (unsigned i = 0; i < 27; ++i)
      ASSERT_EQ(part[y * 27 + i], whole[(y + 4) * 45 + 18 + i]) << y << ' ' << i;
  }
}

}  // namespace
}  // namespace freebits::search
