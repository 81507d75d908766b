// SPDX-License-Identifier: Apache-2.0
#include "search/data/content.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "files.hpp"
#include "search/data/open.hpp"

namespace freebits::search {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::string content_at(const std::string& spec, const DatasetOptions& options = {}) {
  return content_of(*open_dataset(spec, Split::Train, options),
                    *open_dataset(spec, Split::Test, options));
}

std::string spec_of(const char* kind, const fs::path& folder) {
  return std::string(kind) + ":" + folder.string();
}

TEST(Content, StaysWhenTheFolderMoves) {
  const TempDir dir;
  write_mnist(dir / "a", 20, 8, 8, false);
  const std::string before = content_at(spec_of("idx", dir / "a"));
  EXPECT_EQ(before.size(), 16U);
  fs::rename(dir / "a", dir / "b");
  EXPECT_EQ(content_at(spec_of("idx", dir / "b")), before);
  EXPECT_EQ(content_at(spec_of("idx", dir.path() / "." / "b")), before);
}

TEST(Content, DoesNotDependOnHowFilesArePacked) {
  const TempDir dir;
  write_mnist(dir / "plain", 20, 8, 8, false);
  write_mnist(dir / "packed", 20, 8, 8, true);
  EXPECT_EQ(content_at(spec_of("idx", dir / "plain")), content_at(spec_of("idx", dir / "packed")));
}

TEST(Content, IsAnotherWithOneByteOfImageOrLabelChanged) {
  const TempDir dir;
  const auto folder = dir / "a";
  const std::string spec = spec_of("idx", folder);
  write_mnist(folder, 20, 8, 8, false);
  const std::string before = content_at(spec);
  for (const char* name : {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte",
                           "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"}) {
    const Bytes good = read(folder / name);
    Bytes changed = good;
    changed.back() ^= 1;
    write(folder / name, changed);
    EXPECT_NE(content_at(spec), before) << name;
    write(folder / name, good);
  }
  EXPECT_EQ(content_at(spec), before);
}

TEST(Content, IsThatOfTheImagesAsTheNetworkSeesThem) {
  const TempDir dir;
  write_mnist(dir / "a", 20, 8, 8, false);
  DatasetOptions padded;
  padded.pad_to = 12;
  EXPECT_NE(content_at(spec_of("idx", dir / "a"), padded), content_at(spec_of("idx", dir / "a")));
}

TEST(Content, OfSyntheticImagesIsTheirSeed) {
  DatasetOptions same, other;
  same.synthetic = SyntheticOptions{};
  other.synthetic = SyntheticOptions{.seed = 2};
  EXPECT_EQ(content_at("synthetic", same), content_at("synthetic"));
  EXPECT_NE(content_at("synthetic", other), content_at("synthetic"));
}

TEST(Content, OfAFolderIsItsFiles) {
  const TempDir dir;
  const auto tree = [&](const std::string& root) {
    for (const char* split : {"/train", "/val"}) {
      write(dir / (root + split + "/cat/a.png"), png(300, 300, plain(200, 10, 10)));
      write(dir / (root + split + "/dog/a.png"), png(300, 300, plain(10, 10, 200)));
    }
  };
  tree("a");
  tree("b");
  const std::string before = content_at(spec_of("folder", dir / "a"));
  EXPECT_EQ(content_at(spec_of("folder", dir / "b")), before);
  fs::rename(dir / "b/train/dog/a.png", dir / "b/train/dog/b.png");
  EXPECT_NE(content_at(spec_of("folder", dir / "b")), before);
  tree("c");
  write(dir / "c/val/dog/a.png", png(300, 301, plain(10, 10, 200)));
  EXPECT_NE(content_at(spec_of("folder", dir / "c")), before);
}

TEST(SamePlace, LooksAtTheFolderNotAtItsName) {
  const TempDir dir;
  write_mnist(dir / "a", 20, 8, 8, false);
  EXPECT_TRUE(same_place("synthetic", "synthetic"));
  EXPECT_TRUE(same_place(spec_of("idx", dir / "a"), spec_of("idx", dir.path() / "." / "a/")));
  EXPECT_FALSE(same_place(spec_of("idx", dir / "a"), spec_of("cifar10", dir / "a")));
  EXPECT_FALSE(same_place(spec_of("idx", dir / "a"), spec_of("idx", dir / "b")));
  EXPECT_FALSE(same_place("synthetic", spec_of("idx", dir / "a")));
}

}  // namespace
}  // namespace freebits::search
