// SPDX-License-Identifier: Apache-2.0
#include "search/data/idx.hpp"

#include <gtest/gtest.h>

#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

const char* const kImages = "train-images-idx3-ubyte";
const char* const kLabels = "train-labels-idx1-ubyte";

TEST(Idx, PlainAndCompressedFilesGiveTheSame) {
  for (const bool gz : {false, true}) {
    const TempDir dir;
    write_mnist(dir.path(), 25, 5, 7, gz);
    const auto set = open_idx(dir.path(), Split::Train);
    EXPECT_EQ(set->size(), 25U);
    EXPECT_EQ(set->classes(), 10U);
    EXPECT_EQ(set->shape(), (ImageShape{5, 7, 1}));
    const Bytes all = random_bytes(25 * 35, 1);
    for (unsigned i = 0; i < 25; ++i) {
      EXPECT_EQ(set->label(i), i % 10);
      EXPECT_EQ(image(*set, i), Bytes(all.begin() + i * 35, all.begin() + i * 35 + 35));
    }
    EXPECT_EQ(image(*open_idx(dir.path(), Split::Test), 0)[0], random_bytes(1, 2)[0]);
  }
}

TEST(Idx, NamesWithADotAreFound) {
  const TempDir dir;
  write(dir / "train-images.idx3-ubyte", idx({2, 1, 1}, {5, 6}));
  write(dir / "train-labels.idx1-ubyte", idx({2}, {1, 0}));
  EXPECT_EQ(image(*open_idx(dir.path(), Split::Train), 1), Bytes{6});
}

TEST(Idx, ClassesOfBothSplitsCount) {
  const TempDir dir;
  write_mnist(dir.path(), 3, 2, 2, false);
  write(dir / "t10k-labels-idx1-ubyte", idx({3}, {0, 6, 1}));
  EXPECT_EQ(open_idx(dir.path(), Split::Train)->classes(), 7U);
  EXPECT_EQ(open_idx(dir.path(), Split::Test)->classes(), 7U);
}

TEST(Idx, MissingFilesAreNamed) {
  const TempDir dir;
  expect_contains(error_of([&] { (void)open_idx(dir / "none", Split::Train); }), "no such folder");
  expect_contains(error_of([&] { (void)open_idx(dir.path(), Split::Train); }),
                  "no train-images-idx3-ubyte or train-images-idx3-ubyte.gz");
  write_mnist(dir.path(), 3, 2, 2, false);
  std::filesystem::remove(dir / "t10k-labels-idx1-ubyte");
  expect_contains(error_of([&] { (void)open_idx(dir.path(), Split::Test); }),
                  "no t10k-labels-idx1-ubyte");
}

TEST(Idx, FileCutShortIsRefusedWithItsSizesOrSkippedWithACount) {
  const TempDir dir;
  write_mnist(dir.path(), 10, 4, 4, false);
  cut(dir / kImages, 16 + 7 * 16 + 3);
  const std::string what = error_of([&] { (void)open_idx(dir.path(), Split::Train); });
  expect_contains(what,
                  std::string(kImages) + ": 115 bytes after its header, expected 10 x 4 x 4 = 160");
  const auto set = open_idx(dir.path(), Split::Train, OnCorrupt::Skip);
  EXPECT_EQ(set->size(), 7U);
  EXPECT_EQ(set->skipped(), 3U);

  cut(dir / kLabels, 8 + 5);
  const auto fewer = open_idx(dir.path(), Split::Train, OnCorrupt::Skip);
  EXPECT_EQ(fewer->size(), 5U);
  EXPECT_EQ(fewer->skipped(), 5U);
}

TEST(Idx, CompressedFileCutShortIsRefusedOrUsedUpToThere) {
  const TempDir dir;
  write_mnist(dir.path(), 2000, 28, 28, true);
  const auto path = dir / (std::string(kImages) + ".gz");
  cut(path, std::filesystem::file_size(path) / 2);
  expect_contains(error_of([&] { (void)open_idx(dir.path(), Split::Train); }),
                  "expected 2000 x 28 x 28 = 1568000");
  const auto set = open_idx(dir.path(), Split::Train, OnCorrupt::Skip);
  EXPECT_GT(set->size(), 800U);
  EXPECT_LT(set->size(), 1100U);
  EXPECT_EQ(set->size() + set->skipped(), 2000U);
  const Bytes all = random_bytes(2000 * 784, 1);
  const std::size_t last = set->size() - 1;
  EXPECT_EQ(image(*set, last), Bytes(all.begin() + static_cast<std::ptrdiff_t>(last) * 784,
                                     all.begin() + static_cast<std::ptrdiff_t>(last + 1) * 784));
}

TEST(Idx, DamagedCompressionIsRefusedAlways) {
  const TempDir dir;
  write_mnist(dir.path(), 2000, 28, 28, true);
  const auto path = dir / (std::string(kImages) + ".gz");
  Bytes bytes = test::read(path);
  bytes[bytes.size() / 2] ^= 0xFF;
  write(path, bytes);
  for (const OnCorrupt mode : {OnCorrupt::Refuse, OnCorrupt::Skip}) {
    expect_contains(error_of([&] { (void)open_idx(dir.path(), Split::Train, mode); }),
                    "train-images-idx3-ubyte.gz: damaged");
  }
}

TEST(Idx, WrongHeadersAreRefused) {
  const TempDir dir;
  write_mnist(dir.path(), 4, 2, 2, false);
  const Bytes good = test::read(dir / kImages);
  const auto error_with = [&](const Bytes& bytes) {
    write(dir / kImages, bytes);
    return error_of([&] { (void)open_idx(dir.path(), Split::Train, OnCorrupt::Skip); });
  };
  expect_contains(error_with({}), "ends within its header");
  expect_contains(error_with(Bytes(good.begin(), good.begin() + 9)), "expected 16 bytes of it");
  expect_contains(error_with(idx({16}, Bytes(16))), "starts with 00000801, expected 00000803");
  expect_contains(error_with({'<', 'h', 't', 'm', 'l', '>'}), "starts with 3c68746d");
  expect_contains(error_with(idx({4, 0, 2}, {})), "a size of 0");
  expect_contains(error_with(idx({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {})), "at most");
  expect_contains(error_with(idx({4, 2, 2}, Bytes(17))), "more bytes");
  expect_contains(error_with(idx({4, 2, 2}, {})), "no whole image");
  expect_contains(error_with(idx({5, 2, 2}, Bytes(20))), "4 labels, expected 5");
}

TEST(Idx, HeaderThatPromisesTooMuchDoesNotTakeMemory) {
  const TempDir dir;
  write_mnist(dir.path(), 4, 2, 2, false);
  write(dir / kImages, idx({4, 50'000, 50'000}, Bytes(100)));
  expect_contains(error_of([&] { (void)open_idx(dir.path(), Split::Train); }),
                  "100 bytes after its header, expected 4 x 50000 x 50000 = 10000000000");
}

}  // namespace
}  // namespace freebits::search
