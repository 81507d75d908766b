// SPDX-License-Identifier: Apache-2.0
// The rule of search/data/README.md for what a picture's pixels are, with Pillow as the judge:
// every kind of PNG and JPEG, pixel by pixel.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "base/random.hpp"
#include "files.hpp"
#include "pictures.hpp"
#include "search/data/image_file.hpp"
#include "search/data/orientation.hpp"
#include "search/data/prepare.hpp"

namespace freebits::search {
namespace {

using namespace test;

DecodedImage decoded(const Bytes& bytes, unsigned shorter) {
  DecodedImage image;
  decode_image(bytes, shorter, image);
  EXPECT_EQ(image.rgb.size(), std::size_t{image.height} * image.width * 3);
  return image;
}

struct Pixels {
  unsigned height = 0, width = 0;
  Bytes bytes;
};

Pixels pixels_of(const std::filesystem::path& file) {
  const Bytes all = test::read(file);
  const std::string text(all.begin(), all.end());
  Pixels pixels;
  std::istringstream(text) >> pixels.height >> pixels.width;
  pixels.bytes.assign(all.begin() + static_cast<std::ptrdiff_t>(text.find('\n')) + 1, all.end());
  return pixels;
}

constexpr unsigned kWhole = 1U << 16;  ///< no picture has a shorter side of that

/// Pictures by name, and what Pillow makes of them, decoded to a shorter side of at least this.
class Judged {
 public:
  explicit Judged(unsigned shorter = kWhole) : shorter_(shorter) {}
  void add(const std::string& name, Bytes picture) {
    write(dir_ / name, picture);
    ASSERT_TRUE(pictures_.emplace(name, std::move(picture)).second) << name << " stands twice";
  }
  void expect_the_same_pixels() const {
    std::string command = "/usr/bin/python3 " FREEBITS_DECODER " " + dir_.path().string();
    if (shorter_ != kWhole) command.append(" ").append(std::to_string(shorter_));
    ASSERT_EQ(std::system(command.c_str()), 0);
    for (const auto& [name, picture] : pictures_) {
      DecodedImage image = decoded(picture, shorter_);
      const Pixels rgb = pixels_of(dir_ / (name + ".rgb"));
      EXPECT_EQ(image.height, rgb.height) << name;
      EXPECT_EQ(image.width, rgb.width) << name;
      EXPECT_TRUE(image.rgb == rgb.bytes) << name << ": another pixel";
      to_grey(image.rgb);
      image.rgb.resize(image.rgb.size() / 3);
      EXPECT_TRUE(image.rgb == pixels_of(dir_ / (name + ".grey")).bytes) << name << ": grey";
    }
  }

 private:
  unsigned shorter_;
  TempDir dir_;
  std::map<std::string, Bytes> pictures_;
};

const std::vector<std::pair<std::string, PngKind>>& every_png() {
  using enum PngColours;
  static const auto kinds = [] {
    std::vector<std::pair<std::string, PngKind>> all;
    const std::vector<std::tuple<std::string, PngColours, std::vector<int>>> depths = {
        {"grey", Grey, {1, 2, 4, 8, 16}},
        {"grey_alpha", GreyAlpha, {8, 16}},
        {"palette", Palette, {1, 2, 4, 8}},
        {"rgb", Rgb, {8, 16}},
        {"rgba", Rgba, {8, 16}}};
    for (const auto& [name, colours, bits] : depths) {
      for (const int depth : bits) {
        for (const bool interlaced : {false, true}) {
          all.emplace_back(name + std::to_string(depth) + (interlaced ? "_interlaced" : ""),
                           PngKind{colours, depth, interlaced, {}});
        }
      }
    }
    return all;
  }();
  return kinds;
}

Bytes compressed(const Bytes& bytes) {
  uLongf size = compressBound(bytes.size());
  Bytes result(size);
  compress(result.data(), &size, bytes.data(), bytes.size());
  result.resize(size);
  return result;
}

/// A chunk iCCP: a name, and a profile that says that nothing is linear.
Bytes profile() {
  Bytes header(132, 0);
  header[3] = 132;
  const std::string mark = "acsp", space = "RGB XYZ ";
  std::copy(mark.begin(), mark.end(), header.begin() + 36);
  std::copy(space.begin(), space.end(), header.begin() + 16);
  Bytes chunk = {'x', 0, 0};
  const Bytes packed = compressed(header);
  chunk.insert(chunk.end(), packed.begin(), packed.end());
  return chunk;
}

/// Partly transparent, where the kind has no alpha of its own.
Bytes transparency(const PngKind& kind) {
  if (kind.colours == PngColours::Palette) return {0, 128};
  return Bytes(kind.colours == PngColours::Grey ? 2 : 6, 0);
}

TEST(Decoding, EveryPngIsItsStoredSamplesWhateverItSaysOfColoursAndTransparency) {
  Judged judged;
  std::uint64_t seed = 0;
  for (const auto& [name, kind] : every_png()) {
    const Bytes plain = random_png(kind, ++seed);
    const std::string first = kind.colours == PngColours::Palette ? "PLTE" : "IDAT";
    judged.add(name, plain);
    judged.add(name + "_gamma1", with_gamma(plain, 100'000));
    judged.add(name + "_gamma2.2", with_gamma(plain, 45'455));
    judged.add(name + "_srgb", with_chunk(plain, "sRGB", {0}, first));
    judged.add(name + "_iccp", with_chunk(plain, "iCCP", profile(), first));
    if (kind.colours == PngColours::Grey || kind.colours == PngColours::Palette ||
        kind.colours == PngColours::Rgb)
      judged.add(name + "_trns", with_chunk(plain, "tRNS", transparency(kind), "IDAT"));
  }
  judged.expect_the_same_pixels();
}

std::vector<std::pair<std::string, JpegKind>> every_jpeg() {
  using enum JpegColours;
  const std::vector<std::pair<std::string, JpegKind>> kinds = {
      {"grey", {.colours = Grey}},
      {"rgb", {.colours = Rgb}},
      {"ycc420", {}},
      {"ycc422", {.vertical = 1}},
      {"ycc440", {.horizontal = 1}},
      {"ycc444", {.horizontal = 1, .vertical = 1}},
      {"restarts", {.restart_rows = 1}},
      {"cmyk", {.colours = Cmyk}},
      {"cmyk_unmarked", {.colours = Cmyk, .adobe = false}},
      {"ycck", {.colours = Ycck}},
      {"ycck444", {.colours = Ycck, .horizontal = 1, .vertical = 1}}};
  std::vector<std::pair<std::string, JpegKind>> all;
  for (auto [name, kind] : kinds) {
    all.emplace_back(name, kind);
    kind.progressive = true;
    all.emplace_back(name + "_progressive", kind);
  }
  return all;
}

TEST(Decoding, EveryJpegIsWhatTheSameLibraryGivesAnybody) {
  Judged judged;
  std::uint64_t seed = 100;
  for (const auto& [name, kind] : every_jpeg()) judged.add(name, random_jpeg(kind, ++seed));
  judged.expect_the_same_pixels();
}

TEST(Decoding, EveryJpegIsThatAtEverySizeOfTheTransform) {
  for (const unsigned shorter : {12U, 50U, 51U, 99U, 100U}) {
    Judged judged(shorter);
    std::uint64_t seed = 200;
    for (const auto& [name, kind] : every_jpeg()) {
      const unsigned orientation = 1 + seed % 8;
      judged.add(name, random_jpeg(kind, ++seed, exif(orientation), 203, 317));
    }
    judged.expect_the_same_pixels();
  }
}

TEST(Decoding, PicturesStandUpright) {
  Judged judged;
  for (unsigned orientation = 0; orientation <= 9; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const std::string name = std::to_string(orientation) + (big_endian ? "_big" : "_little");
      const Bytes tiff = exif(orientation, big_endian);
      judged.add(name + ".jpg", random_jpeg({}, orientation, tiff));
      judged.add(name + "_cmyk.jpg",
                 random_jpeg({.colours = JpegColours::Cmyk}, orientation, tiff));
      const Bytes plain = random_png({.fill = {}}, orientation);
      judged.add(name + ".png", with_chunk(plain, "eXIf", tiff, "IDAT"));
      judged.add(name + "_behind.png", with_chunk(plain, "eXIf", tiff, "IEND"));
    }
  }
  judged.expect_the_same_pixels();
}

TEST(Decoding, ASmallerPictureOutOfTheTransformStandsUprightToo) {
  const Bytes whole = random_jpeg({}, 5, exif(6), 320, 480);
  const DecodedImage image = decoded(whole, 80);
  EXPECT_EQ(image.full_height, 480U);
  EXPECT_EQ(image.full_width, 320U);
  EXPECT_EQ(image.height, 120U);
  EXPECT_EQ(image.width, 80U);
}

/// Without any judge: what used to be made 186.
TEST(Decoding, MiddleGreyStaysMiddleGrey) {
  const auto expect_all = [](const Bytes& png, int value) {
    for (const auto byte : decoded(png, kWhole).rgb) ASSERT_EQ(byte, value);
  };
  for (const PngColours colours : {PngColours::Grey, PngColours::Rgb}) {
    for (const int depth : {8, 16}) {
      const Bytes grey = random_png({.colours = colours, .depth = depth, .fill = 128}, 1);
      expect_all(grey, 128);
      expect_all(with_gamma(grey, 100'000), 128);
    }
  }
}

TEST(Decoding, DamagedExifIsAPictureAsStored) {
  const Bytes good = exif(6);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    const bool has_value = size >= 32;  // the number itself, of the tag's twelve bytes
    EXPECT_EQ(exif_orientation(cut), has_value ? 6U : 1U) << size;
  }
  Random random({3});
  for (unsigned i = 0; i < 20'000; ++i) {
    Bytes bad = exif(1 + i % 8, i % 2 == 0);
    for (unsigned k = 0; k < 1 + i % 3; ++k)
      bad[random.below(bad.size())] = static_cast<std::uint8_t>(random.below(256));
    const unsigned orientation = exif_orientation(bad);
    ASSERT_TRUE(orientation >= 1 && orientation <= 8);
  }
}

}  // namespace
}  // namespace freebits::search
