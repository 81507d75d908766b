// SPDX-License-Identifier: Apache-2.0
// The decoders, with bytes that anything may have happened to.
#include "search/data/image_file.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

Bytes noise_image(bool png_not_jpeg) {
  const Bytes noise = random_bytes(24 * 20 * 3, 5);
  const Colour colour = [&](unsigned y, unsigned x, unsigned c) {
    return noise[(y * 20 + x) * 3 + c];
  };
  return png_not_jpeg ? png(24, 20, colour) : jpeg(24, 20, colour);
}

/// An image whose numbers agree, or DamagedImage; the sanitizers see the rest.
bool decodes(const Bytes& bytes, unsigned shorter = 20) {
  DecodedImage image;
  try {
    decode_image(bytes, shorter, image);
  } catch (const DamagedImage& e) {
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    return false;
  }
  EXPECT_EQ(image.rgb.size(), std::size_t{image.height} * image.width * 3);
  return true;
}

TEST(ImageFile, NoChangedByteDoesMoreThanFail) {
  for (const bool png : {false, true}) {
    const Bytes good = noise_image(png);
    ASSERT_TRUE(decodes(good));
    unsigned failed = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
      Bytes bad = good;
      bad[i] ^= static_cast<std::uint8_t>(1 + i % 255);
      failed += decodes(bad) ? 0 : 1;
    }
    EXPECT_GT(failed, 0U);
    // A PNG has checksums: little but what nobody reads may change unseen.
    if (png) {
      EXPECT_GT(failed, good.size() * 9 / 10);
    }
  }
}

TEST(ImageFile, EveryPlaceToCutIsFound) {
  for (const bool png : {false, true}) {
    const Bytes good = noise_image(png);
    // A PNG's pixels are whole without its last chunk and the end of their own checksum.
    for (std::size_t size = 0; size < good.size() - (png ? 20 : 2); ++size) {
      ASSERT_FALSE(decodes(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))))
          << size << " of " << good.size();
    }
  }
}

TEST(ImageFile, RandomBytesAfterAGoodHeaderDoNoMoreThanFail) {
  Random random({11});
  for (const bool png : {false, true}) {
    const Bytes good = noise_image(png);
    for (unsigned i = 0; i < 300; ++i) {
      Bytes bad = good;
      for (std::size_t k = random.below(bad.size()); k < bad.size(); ++k)
        bad[k] = static_cast<std::uint8_t>(random.below(256));
      (void)decodes(bad);
    }
  }
}

TEST(ImageFile, LargeJpegIsDecodedNoLargerThanNeeded) {
  const Bytes bytes = jpeg(400, 640, plain(50, 100, 150));
  for (const auto& [shorter, height] :
       {std::pair{400U, 400U}, {201U, 400U}, {200U, 200U}, {64U, 100U}, {1U, 50U}, {900U, 400U}}) {
    DecodedImage image;
    decode_image(bytes, shorter, image);
    EXPECT_EQ(image.full_height, 400U);
    EXPECT_EQ(image.full_width, 640U);
    EXPECT_EQ(image.height, height);
    EXPECT_EQ(image.width, height * 640 / 400);
    EXPECT_NEAR(image.rgb.back(), 150, 3);
  }
}

TEST(ImageFile, GiantSizesAreRefusedBeforeMemoryIsTaken) {
  Bytes bytes = jpeg(16, 16, plain(1, 2, 3));
  for (std::size_t i = 0; i + 8 < bytes.size(); ++i) {
    if (bytes[i] != 0xFF || bytes[i + 1] != 0xC0) continue;
    for (std::size_t k = 5; k < 9; ++k) bytes[i + k] = 0xFF;  // height and width
    bytes[i + 5] = bytes[i + 7] = 0xFE;
  }
  DecodedImage image;
  expect_contains(error_of([&] { decode_image(bytes, 16, image); }),
                  "65279 x 65279 pixels, expected at most");
  EXPECT_TRUE(image.rgb.empty());
}

}  // namespace
}  // namespace freebits::search
