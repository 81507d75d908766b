// SPDX-License-Identifier: Apache-2.0
#include "search/data/cifar10.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

TEST(Cifar10, PlanesBecomePixelsInTheOrderOfTheFiles) {
  const TempDir dir;
  write_cifar(dir.path(), 12);
  const auto set = open_cifar10(dir.path(), Split::Train);
  EXPECT_EQ(set->size(), 60U);
  EXPECT_EQ(set->classes(), 10U);
  EXPECT_EQ(set->shape(), (ImageShape{32, 32, 3}));
  EXPECT_EQ(set->skipped(), 0U);
  for (unsigned i = 0; i < 60; ++i) {
    const Bytes file = cifar_records(12, i / 12 + 1);
    const std::uint8_t* record = file.data() + std::size_t{i % 12} * 3073;
    ASSERT_EQ(set->label(i), record[0]);
    const Bytes got = image(*set, i);
    for (unsigned c = 0; c < 3; ++c) {
      for (unsigned p = 0; p < 1024; ++p) ASSERT_EQ(got[p * 3 + c], record[1 + c * 1024 + p]);
    }
  }
}

TEST(Cifar10, TestSplitIsTheTestBatch) {
  const TempDir dir;
  write_cifar(dir.path(), 3);
  const auto set = open_cifar10(dir.path(), Split::Test);
  EXPECT_EQ(set->size(), 3U);
  EXPECT_EQ(image(*set, 2)[0], cifar_records(3, 6)[2 * 3073 + 1]);
}

TEST(Cifar10, FolderThatTheArchiveMakesIsFound) {
  const TempDir dir;
  write_cifar(dir / "cifar-10-batches-bin", 2);
  EXPECT_EQ(open_cifar10(dir.path(), Split::Test)->size(), 2U);
}

TEST(Cifar10, MissingFolderAndMissingFileAreNamed) {
  const TempDir dir;
  expect_contains(error_of([&] { (void)open_cifar10(dir / "none", Split::Train); }),
                  "none: no such folder");
  write_cifar(dir.path(), 2);
  std::filesystem::remove(dir / "data_batch_4.bin");
  for (const OnCorrupt mode : {OnCorrupt::Refuse, OnCorrupt::Skip}) {
    expect_contains(error_of([&] { (void)open_cifar10(dir.path(), Split::Train, mode); }),
                    "no data_batch_4.bin");
  }
  expect_contains(error_of([&] { (void)open_cifar10(dir / "test_batch.bin", Split::Test); }),
                  "a file, expected a folder");
}

TEST(Cifar10, FileCutShortIsRefusedWithItsSizesOrSkippedWithACount) {
  const TempDir dir;
  write_cifar(dir.path(), 4);
  cut(dir / "data_batch_2.bin", 2 * 3073 + 100);
  const std::string what = error_of([&] { (void)open_cifar10(dir.path(), Split::Train); });
  expect_contains(what, "data_batch_2.bin: 6246 bytes, expected whole records of 3073");
  expect_contains(what, "30730000");
  const auto set = open_cifar10(dir.path(), Split::Train, OnCorrupt::Skip);
  EXPECT_EQ(set->size(), 18U);
  EXPECT_EQ(set->skipped(), 1U);
  EXPECT_EQ(image(*set, 6)[0], cifar_records(4, 3)[1]);
}

TEST(Cifar10, EmptyFileIsRefusedOrSkipped) {
  const TempDir dir;
  write_cifar(dir.path(), 4);
  cut(dir / "data_batch_1.bin", 0);
  cut(dir / "test_batch.bin", 0);
  expect_contains(error_of([&] { (void)open_cifar10(dir.path(), Split::Train); }),
                  "data_batch_1.bin: 0 bytes, expected");
  const auto set = open_cifar10(dir.path(), Split::Train, OnCorrupt::Skip);
  EXPECT_EQ(set->size(), 16U);
  EXPECT_EQ(set->skipped(), 1U);
  expect_contains(error_of([&] { (void)open_cifar10(dir.path(), Split::Test, OnCorrupt::Skip); }),
                  "no undamaged image");
}

TEST(Cifar10, LabelAboveNineIsRefusedOrSkipped) {
  const TempDir dir;
  write_cifar(dir.path(), 4);
  Bytes bytes = cifar_records(4, 6);
  bytes[2 * 3073] = 10;
  write(dir / "test_batch.bin", bytes);
  expect_contains(error_of([&] { (void)open_cifar10(dir.path(), Split::Test); }),
                  "test_batch.bin: record 2 of 4 has label 10, expected 0 to 9");
  const auto set = open_cifar10(dir.path(), Split::Test, OnCorrupt::Skip);
  EXPECT_EQ(set->size(), 3U);
  EXPECT_EQ(set->skipped(), 1U);
  EXPECT_EQ(set->label(2), 3U);
}

TEST(Cifar10, ReadChecksItsArguments) {
  const TempDir dir;
  write_cifar(dir.path(), 2);
  const auto set = open_cifar10(dir.path(), Split::Test);
  Bytes room(3072);
  EXPECT_THROW(set->read(2, room), Error);
  EXPECT_THROW(set->read(0, std::span(room).first(3071)), Error);
}

}  // namespace
}  // namespace freebits::search
