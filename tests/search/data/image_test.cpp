// SPDX-License-Identifier: Apache-2.0
// One picture, as `freebits run --input` takes it, against the same picture of a data set.
#include "search/data/image.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error.hpp"
#include "files.hpp"
#include "pictures.hpp"
#include "search/data/image_folder.hpp"
#include "search/data/padded.hpp"

namespace freebits::search {
namespace {

using namespace test;

/// Wide, high, small, large enough for a smaller transform, turned, grey.
std::vector<Bytes> pictures() {
  return {random_png({.fill = {}}, 1, 60, 40),
          random_png({.colours = PngColours::Grey, .depth = 16, .fill = {}}, 2, 9, 31),
          random_jpeg({}, 3),
          random_jpeg({}, 4, exif(6), 300, 401),
          random_jpeg({.colours = JpegColours::Cmyk}, 5, exif(3), 31, 30),
          random_jpeg({.colours = JpegColours::Grey}, 6, {}, 64, 64)};
}

TEST(ReadImage, GivesThePixelsThatTheNetworkWasTrainedOn) {
  const TempDir dir;
  unsigned count = 0;
  for (const Bytes& picture : pictures())
    write(dir / ("train/a/" + std::to_string(count++)), picture);
  for (unsigned i = 0; i < count; ++i)
    std::filesystem::rename(dir / ("train/a/" + std::to_string(i)),
                            dir / ("train/a/" + std::to_string(i) + ".png"));
  const std::vector<models::InputPreparation> preparations = {
      folder_preparation(32, 32),
      folder_preparation(24, 40),
      folder_preparation(49, 10),
      {.scaled = {32, 32}, .crop = {32, 32}},
      {.scaled = {90, 20}, .crop = {17, 20}}};
  for (const auto& preparation : preparations) {
    for (const unsigned channels : {3U, 1U}) {
      const std::shared_ptr<const Dataset> set = open_image_folder(
          dir.path(), Split::Train, {.preparation = preparation, .channels = channels});
      EXPECT_EQ(set->preparation(), preparation);
      const auto bordered = padded(set, 60);
      EXPECT_EQ(bordered->preparation(), preparation);
      for (unsigned i = 0; i < count; ++i) {
        const auto file = dir / ("train/a/" + std::to_string(i) + ".png");
        EXPECT_EQ(read_image(file, preparation, set->shape()), image(*set, i)) << i;
        EXPECT_EQ(read_image(file, preparation, bordered->shape()), image(*bordered, i)) << i;
      }
    }
  }
}

/// Where nothing is known of the training, the middle of the picture is what there is.
TEST(ReadImage, CoversWhatIsAskedForAndCutsTheMiddleOut) {
  const TempDir dir;
  const auto file = dir / "wide.png";
  write(file, png(10, 30,
                  [](unsigned, unsigned x, unsigned) { return static_cast<std::uint8_t>(8 * x); }));
  const Bytes pixels = read_image(file, {.scaled = {10, 10}, .crop = {10, 10}}, {10, 10, 1});
  ASSERT_EQ(pixels.size(), 100U);
  for (unsigned x = 0; x < 10; ++x) EXPECT_EQ(pixels[x], 8 * (10 + x));
}

TEST(ReadImage, NamesTheFileThatIsDamagedAndRefusesWhatDoesNotFit) {
  const TempDir dir;
  Bytes cut = random_png({.fill = {}}, 1);
  write(dir / "good.png", cut);
  cut.resize(60);
  write(dir / "cut.png", cut);
  const models::InputPreparation small = {.scaled = {8, 8}, .crop = {8, 8}};
  const auto read = [&](const char* name, const models::InputPreparation& p, ImageShape shape) {
    (void)read_image(dir / name, p, shape);
  };
  expect_contains(error_of([&] { read("cut.png", small, {8, 8, 3}); }), "cut.png: damaged PNG");
  expect_contains(error_of([&] {
                    read("none.png", small, {8, 8, 3});
                  }),
                  "none.png: cannot be opened");
  EXPECT_THROW(read("good.png", small, {8, 8, 2}), Error);
  EXPECT_THROW(read("good.png", small, {7, 8, 3}), Error);
  EXPECT_THROW(read("good.png", {.scaled = {8, 8}, .crop = {9, 8}}, {9, 9, 3}), Error);
  EXPECT_TRUE(is_image(dir / "cut.png"));
}

}  // namespace
}  // namespace freebits::search
