// SPDX-License-Identifier: Apache-2.0
#include "search/data/image_folder.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/error.hpp"
#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

const FolderOptions kSmall = square(16, 16);

/// Every pixel within 3 of the colour: JPEG is lossy.
void expect_plain(const Bytes& image, int r, int g, int b) {
  for (std::size_t i = 0; i < image.size(); i += 3) {
    ASSERT_NEAR(image[i], r, 3);
    ASSERT_NEAR(image[i + 1], g, 3);
    ASSERT_NEAR(image[i + 2], b, 3);
  }
}

/// train: cat has two images, dog three; val: one each.
void write_tree(const TempDir& dir) {
  write(dir / "train/cat/a.jpg", jpeg(40, 60, plain(200, 10, 10)));
  write(dir / "train/cat/b.PNG", png(60, 40, plain(210, 10, 10)));
  write(dir / "train/dog/a.JPEG", jpeg(16, 16, plain(10, 200, 10)));
  write(dir / "train/dog/b.png", png(8, 9, plain(10, 210, 10)));
  write(dir / "train/dog/c.jpeg", jpeg(300, 200, plain(10, 220, 10)));
  write(dir / "val/cat/z.jpg", jpeg(20, 20, plain(1, 2, 200)));
  write(dir / "val/dog/z.jpg", jpeg(20, 20, plain(1, 2, 220)));
}

TEST(ImageFolder, EveryFormatAndSizeComesInTheOrderOfClassAndName) {
  const TempDir dir;
  write_tree(dir);
  write(dir / "train/dog/notes.txt", {'x'});
  const auto set = open_image_folder(dir.path(), Split::Train, kSmall);
  ASSERT_EQ(set->size(), 5U);
  EXPECT_EQ(set->classes(), 2U);
  EXPECT_EQ(set->shape(), (ImageShape{16, 16, 3}));
  EXPECT_EQ(set->label(1), 0U);
  EXPECT_EQ(set->label(2), 1U);
  expect_plain(image(*set, 0), 200, 10, 10);
  expect_plain(image(*set, 1), 210, 10, 10);
  expect_plain(image(*set, 2), 10, 200, 10);
  expect_plain(image(*set, 3), 10, 210, 10);
  expect_plain(image(*set, 4), 10, 220, 10);
  const auto val = open_image_folder(dir.path(), Split::Test, kSmall);
  ASSERT_EQ(val->size(), 2U);
  expect_plain(image(*val, 1), 1, 2, 220);
}

TEST(ImageFolder, ClassesHaveTheNumbersOfTheTrainingFolder) {
  const TempDir dir;
  write_tree(dir);
  std::filesystem::remove_all(dir / "val/cat");
  const auto val = open_image_folder(dir.path(), Split::Test, kSmall);
  EXPECT_EQ(val->classes(), 2U);
  EXPECT_EQ(val->label(0), 1U);
  write(dir / "val/fox/a.jpg", jpeg(20, 20, plain(1, 2, 3)));
  expect_contains(error_of([&] { (void)open_image_folder(dir.path(), Split::Test, kSmall); }),
                  "val/fox: not a class of");
}

TEST(ImageFolder, CropIsTheCentreOrAtRandom) {
  const TempDir dir;
  // Column x has red 4 x; scaled by nothing, the crop tells where it is from.
  write(dir / "train/a/wide.png", png(16, 60, [](unsigned y, unsigned x, unsigned c) {
          return static_cast<std::uint8_t>(c == 0 ? 4 * x : c == 1 ? 4 * y : 0);
        }));
  const auto set = open_image_folder(dir.path(), Split::Train, square(16, 8));
  const Bytes centre = image(*set, 0);
  EXPECT_EQ(centre[0], 4 * 26);
  EXPECT_EQ(centre[1], 4 * 4);
  EXPECT_EQ(centre[7 * 3], 4 * 33);
  std::set<int> lefts, tops;
  for (std::uint64_t random = 0; random < 500; ++random) {
    Bytes view(centre.size()), again(centre.size());
    set->read_view(0, random, view);
    set->read_view(0, random, again);
    ASSERT_EQ(view, again);
    ASSERT_EQ(view[3] - view[0], 4);
    lefts.insert(view[0] / 4);
    tops.insert(view[1] / 4);
  }
  EXPECT_EQ(*lefts.begin(), 0);
  EXPECT_EQ(*lefts.rbegin(), 52);
  EXPECT_EQ(tops.size(), 9U);
}

TEST(ImageFolder, GreyTransparentAndCmykAreRgb) {
  const TempDir dir;
  write(dir / "train/a/1.jpg", jpeg(16, 16, plain(90, 0, 0), 1));
  write(dir / "train/a/2.png",
        png(
            16, 16,
            [](unsigned, unsigned, unsigned c) { return static_cast<std::uint8_t>(30 - 10 * c); },
            true));
  // Inverted, as Adobe does and libjpeg writes: light of 255, 128, 0 under full brightness.
  write(dir / "train/a/3.jpg",
        jpeg(
            16, 16,
            [](unsigned, unsigned, unsigned c) {
              return static_cast<std::uint8_t>(c == 0 || c == 3 ? 255 : c == 1 ? 128 : 0);
            },
            4));
  write(dir / "train/a/4.jpg", png(16, 16, plain(1, 2, 3)));  // as a few of ImageNet's are
  const auto set = open_image_folder(dir.path(), Split::Train, kSmall);
  expect_plain(image(*set, 0), 90, 90, 90);
  expect_plain(image(*set, 1), 30, 20, 10);  // the colour beneath
  expect_plain(image(*set, 2), 255, 128, 0);
  expect_plain(image(*set, 3), 1, 2, 3);
}

TEST(ImageFolder, MissingAndEmptyFoldersAreNamed) {
  const TempDir dir;
  const auto error = [&] {
    return error_of([&] { (void)open_image_folder(dir.path(), Split::Train, kSmall); });
  };
  expect_contains(error(), "train: no such folder");
  std::filesystem::create_directories(dir / "train");
  expect_contains(error(), "train: no folders, expected one each class");
  std::filesystem::create_directories(dir / "train/cat");
  expect_contains(error(), "train/cat: no .jpg, .jpeg or .png file");
}

TEST(ImageFolder, SizesThatCannotBeAreRefused) {
  const TempDir dir;
  write_tree(dir);
  for (const auto& [resize, crop] : {std::pair{16U, 17U}, {16U, 0U}, {1U << 20, 16U}}) {
    const FolderOptions options = square(resize, crop);
    expect_contains(error_of([&] { (void)open_image_folder(dir.path(), Split::Train, options); }),
                    "expected 1 <= crop <= scaled");
  }
}

/// A damaged file at train/cat/0.jpg, before the good ones: its error, and that it is skipped.
void expect_damage(const Bytes& bytes, const std::string& part) {
  const TempDir dir;
  write_tree(dir);
  write(dir / "train/cat/0.jpg", bytes);
  for (const unsigned workers : {1U, 3U}) {
    const FolderOptions options = square(16, 16, workers);
    const std::string what =
        error_of([&] { (void)open_image_folder(dir.path(), Split::Train, options); });
    expect_contains(what, "train/cat/0.jpg: ");
    expect_contains(what, part);
    const auto set = open_image_folder(dir.path(), Split::Train, options, OnCorrupt::Skip);
    EXPECT_EQ(set->size(), 5U);
    EXPECT_EQ(set->skipped(), 1U);
    expect_plain(image(*set, 0), 200, 10, 10);
  }
}

Colour noise() {
  return [](unsigned y, unsigned x, unsigned c) {
    return static_cast<std::uint8_t>((y * 37 + x * 91 + c * 53) * (y + 3 * x + 7));
  };
}

TEST(ImageFolder, DamagedFilesAreFoundWhenOpened) {
  expect_damage({}, "0 bytes, expected a JPEG or PNG image");
  expect_damage({'h', 'e', 'l', 'l', 'o'},
                "neither JPEG nor PNG: 5 bytes that start with 68656c6c");
  expect_damage({0xFF, 0xD8}, "neither JPEG nor PNG: 2 bytes that start with ffd8");
  Bytes jpg = jpeg(64, 64, noise()), pic = png(64, 64, noise());
  jpg.resize(jpg.size() / 2);
  expect_damage(jpg, "damaged JPEG: " + std::to_string(jpg.size()) + " bytes give ");
  jpg.resize(30);
  expect_damage(jpg, "damaged JPEG of 30 bytes");
  pic.resize(pic.size() / 2);
  expect_damage(pic, "damaged PNG: " + std::to_string(pic.size()) +
                         " bytes do not give all of 64 x 64 pixels");
  pic.resize(20);
  expect_damage(pic, "damaged PNG of 20 bytes");
}

TEST(ImageFolder, BytesAfterTheEndOfAnImageDoNoHarm) {
  const TempDir dir;
  for (const auto& [name, bytes] : {std::pair{"train/a/1.jpg", jpeg(16, 16, plain(9, 9, 9))},
                                    {"train/a/2.png", png(16, 16, plain(9, 9, 9))}}) {
    Bytes longer = bytes;
    longer.insert(longer.end(), 100, 0);
    write(dir / name, longer);
  }
  EXPECT_EQ(open_image_folder(dir.path(), Split::Train, kSmall)->size(), 2U);
}

TEST(ImageFolder, NothingButDamagedFilesIsAnErrorEvenWhenSkipping) {
  const TempDir dir;
  write(dir / "train/a/1.jpg", {});
  expect_contains(
      error_of([&] { (void)open_image_folder(dir.path(), Split::Train, kSmall, OnCorrupt::Skip); }),
      "no undamaged image");
}

/// Both ends as they should be, the middle not.
Bytes rotten() {
  Bytes bytes = png(64, 64, noise());
  for (std::size_t i = bytes.size() / 3; i < bytes.size() / 2; ++i) bytes[i] = 0;
  return bytes;
}

TEST(ImageFolder, DamageFoundWhenReadIsNamedOrTheNextOfTheClassIsGiven) {
  const TempDir dir;
  write_tree(dir);
  write(dir / "train/dog/b.png", rotten());
  const auto strict = open_image_folder(dir.path(), Split::Train, kSmall);
  expect_contains(error_of([&] { (void)image(*strict, 3); }), "train/dog/b.png: damaged PNG");
  const auto lenient = open_image_folder(dir.path(), Split::Train, kSmall, OnCorrupt::Skip);
  EXPECT_EQ(lenient->skipped(), 0U);
  for (int again = 0; again < 2; ++again) {
    expect_plain(image(*lenient, 3), 10, 220, 10);
    EXPECT_EQ(lenient->skipped(), 1U);
    EXPECT_EQ(lenient->label(3), 1U);
  }
  write(dir / "train/dog/c.jpeg", rotten());
  expect_plain(image(*lenient, 3), 10, 200, 10);  // round to the class's first
  write(dir / "train/dog/a.JPEG", rotten());
  expect_contains(error_of([&] { (void)image(*lenient, 3); }), "train/dog: no undamaged image");
  EXPECT_EQ(lenient->skipped(), 3U);
}

TEST(ImageFolder, FileThatVanishesIsAnErrorEvenWhenSkipping) {
  const TempDir dir;
  write_tree(dir);
  const auto set = open_image_folder(dir.path(), Split::Train, kSmall, OnCorrupt::Skip);
  std::filesystem::remove(dir / "train/cat/a.jpg");
  expect_contains(error_of([&] { (void)image(*set, 0); }), "a.jpg: cannot be opened");
}

TEST(ImageFolder, ThreadsReadTheSame) {
  const TempDir dir;
  for (unsigned i = 0; i < 8; ++i) {
    write(dir / ("train/a/" + std::to_string(i) + ".jpg"),
          jpeg(40 + i, 90 - i, [i](unsigned y, unsigned x, unsigned c) {
            return static_cast<std::uint8_t>(y * (i + 1) + x * 2 + c * 40);
          }));
  }
  const auto set = open_image_folder(dir.path(), Split::Train, square(20, 16, 3));
  std::vector<Bytes> alone(8), together(8);
  for (unsigned i = 0; i < 8; ++i) alone[i] = image(*set, i);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < 8; ++i) threads.emplace_back([&, i] { together[i] = image(*set, i); });
  }
  EXPECT_EQ(alone, together);
}

TEST(ImageFolder, NamesThatStartWithADotAreIgnoredAndWhatElseIsNotUsedIsCounted) {
  const TempDir dir;
  write_tree(dir);
  const auto before = open_image_folder(dir.path(), Split::Train, kSmall);
  EXPECT_TRUE(before->remarks().empty());
  write(dir / "train/.ipynb_checkpoints/a.jpg", jpeg(16, 16, plain(1, 2, 3)));
  write(dir / "train/.DS_Store", {1});
  write(dir / "train/cat/._x.png", {0, 5, 22, 7});
  write(dir / "train/labels.tsv", {'x'});
  for (const char* const name : {"a.bmp", "b.BMP", "c.gif", "d.webp", "e", "more/f.png"})
    write(dir / ("train/dog/" + std::string(name)), {'x'});
  std::filesystem::create_symlink(dir / "nowhere.png", dir / "train/cat/gone.png");
  const auto set = open_image_folder(dir.path(), Split::Train, kSmall);
  EXPECT_EQ(set->size(), before->size());
  EXPECT_EQ(set->classes(), 2U);
  const std::string root = (dir / "train").string();
  EXPECT_EQ(set->remarks(),
            (std::vector<std::string>{
                root + ": 3 hidden names ignored, such as .DS_Store",
                root + ": 1 file beside the class folders not used, such as labels.tsv",
                root + ": 7 names in class folders not used (2 .bmp, 1 .gif, 1 .webp, 1 folders, 1 "
                       "links to nothing, 1 others), expected .jpg, .jpeg or .png"}));
  // What is in the other split is its own.
  EXPECT_TRUE(open_image_folder(dir.path(), Split::Test, kSmall)->remarks().empty());
}

TEST(ImageFolder, DamageThatIsSkippedIsSaid) {
  const TempDir dir;
  write_tree(dir);
  write(dir / "train/dog/0.png", {});
  write(dir / "train/dog/1.png", {'x'});
  const auto set = open_image_folder(dir.path(), Split::Train, kSmall, OnCorrupt::Skip);
  EXPECT_EQ(set->remarks(), std::vector<std::string>{(dir / "train").string() +
                                                     ": 2 damaged images left out, such as " +
                                                     (dir / "train/dog/0.png").string()});
}

TEST(ImageFolder, AClassOfOtherFormatsSaysWhich) {
  const TempDir dir;
  write_tree(dir);
  write(dir / "train/emu/1.webp", {'x'});
  expect_contains(error_of([&] { (void)open_image_folder(dir.path(), Split::Train, kSmall); }),
                  "train/emu: no .jpg, .jpeg or .png file, but 1 .webp");
}

TEST(ImageFolder, SizesAreInProportionToImageNets) {
  const models::InputPreparation usual = {.scaled = {256, 256}, .crop = {224, 224}};
  EXPECT_EQ(folder_preparation(224, 224), usual);
  EXPECT_EQ(FolderOptions{}.preparation, usual);
  const models::InputPreparation small = {.scaled = {110, 37}, .crop = {96, 32}};
  EXPECT_EQ(folder_preparation(96, 32), small);
}

}  // namespace
}  // namespace freebits::search
