// SPDX-License-Identifier: Apache-2.0
#include "search/data/open.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "files.hpp"
#include "search/data/memory_dataset.hpp"

namespace freebits::search {
namespace {

using namespace test;

std::string error_for(const std::string& spec, const DatasetOptions& options = {}) {
  return error_of([&] { (void)open_dataset(spec, Split::Train, options); });
}

TEST(OpenDataset, EverySpecOpensItsSet) {
  const TempDir dir;
  write_cifar(dir / "cifar", 2);
  write_mnist(dir / "mnist", 20, 28, 28, true);
  write(dir / "tree/train/a/1.png", png(9, 9, plain(1, 2, 3)));
  write(dir / "tree/train/b/1.png", png(9, 9, plain(1, 2, 3)));
  const auto open = [&](const std::string& spec) {
    return open_dataset(
        spec, Split::Train,
        {.on_corrupt = OnCorrupt::Refuse, .pad_to = {}, .folder = {}, .synthetic = {}});
  };
  EXPECT_EQ(open("synthetic")->size(), 10'000U);
  EXPECT_EQ(open_dataset("synthetic", Split::Test)->size(), 2'000U);
  EXPECT_EQ(open("cifar10:" + (dir / "cifar").string())->size(), 10U);
  EXPECT_EQ(open("idx:" + (dir / "mnist").string())->size(), 20U);
  EXPECT_EQ(open("fashion_mnist:" + (dir / "mnist").string())->size(), 20U);
  EXPECT_EQ(open("folder:" + (dir / "tree").string())->shape(), (ImageShape{224, 224, 3}));
}

/// Every kind that is registered and needs no files.
TEST(OpenDataset, SetsThatAreCompiledInHaveClassesToTellApartAndSplitsThatDiffer) {
  for (const DatasetKind* const kind : dataset_kinds()) {
    if (kind->has_folder) continue;
    SCOPED_TRACE(kind->name);
    const auto train = open_dataset(kind->name, Split::Train);
    const auto test = open_dataset(kind->name, Split::Test);
    EXPECT_EQ(train->shape(), test->shape());
    EXPECT_EQ(train->classes(), test->classes());
    EXPECT_NE(train->content(), test->content());
    std::vector<unsigned> of_class(train->classes());
    Bytes image(train->shape().size()), again(image.size()), other(image.size());
    for (std::size_t i = 0; i < train->size(); ++i) ++of_class.at(train->label(i));
    for (const unsigned images : of_class) EXPECT_GT(images, 0U);
    train->read(0, image);
    train->read(1, other);
    train->read(0, again);
    EXPECT_EQ(image, again);
    EXPECT_NE(image, other);
    EXPECT_NE(image, Bytes(image.size(), image.front())) << "an image of one colour";
    const std::string with_folder = std::string(kind->name) + ":/tmp";
    expect_contains(error_for(with_folder), "it has no folder");
  }
}

TEST(OpenDataset, EveryKindSaysWhatItIsAndHowItIsAugmented) {
  for (const DatasetKind* const kind : dataset_kinds()) {
    EXPECT_FALSE(kind->description.empty()) << kind->name;
    EXPECT_EQ(find_dataset_kind(kind->spec()), kind);
    EXPECT_NE(dataset_help().find(kind->spec()), std::string::npos);
  }
  EXPECT_EQ(find_dataset_kind("imagenet:DIR"), nullptr);
  const auto is = [](const Augmentation& a, bool view, unsigned pad, bool flip) {
    return a.view == view && a.pad == pad && a.flip == flip;
  };
  for (const char* spec : {"synthetic", "cifar10:DIR", "fashion_mnist:DIR"})
    EXPECT_TRUE(is(default_augmentation(spec), false, 4, true)) << spec;
  EXPECT_TRUE(is(default_augmentation("idx:DIR"), false, 0, false));
  EXPECT_TRUE(is(asked_augmentation("idx:DIR"), false, 4, true)) << "asked for";
  EXPECT_TRUE(is(default_augmentation("folder:DIR"), true, 0, true));
  EXPECT_TRUE(is(asked_augmentation("folder:DIR"), true, 0, true));
  EXPECT_TRUE(has_pictures("folder:DIR"));
  EXPECT_FALSE(has_pictures("cifar10:DIR"));
}

TEST(OpenDataset, OptionsAct) {
  const TempDir dir;
  write_mnist(dir.path(), 20, 28, 28, true);
  const std::string spec = "idx:" + dir.path().string();
  DatasetOptions options;
  options.pad_to = 32;
  EXPECT_EQ(open_dataset(spec, Split::Test, options)->shape(), (ImageShape{32, 32, 1}));
  DatasetOptions synthetic;
  synthetic.synthetic = SyntheticOptions{.seed = 5, .train_size = 30, .test_size = 7};
  EXPECT_EQ(open_dataset("synthetic", Split::Train, synthetic)->size(), 30U);
  EXPECT_EQ(open_dataset("synthetic", Split::Test, synthetic)->size(), 7U);
  write(dir / "train/a/1.png", png(9, 9, plain(1, 2, 3)));
  write(dir / "train/a/2.png", {});
  write(dir / "train/b/1.png", png(9, 9, plain(1, 2, 3)));
  DatasetOptions folder;
  folder.on_corrupt = OnCorrupt::Skip;
  folder.folder = square(12, 10, 2);
  const auto set = open_dataset("folder:" + dir.path().string(), Split::Train, folder);
  EXPECT_EQ(set->shape(), (ImageShape{10, 10, 3}));
  EXPECT_EQ(set->skipped(), 1U);
}

TEST(OpenDataset, UnknownSpecListsTheKnownOnes) {
  for (const std::string spec : {"", "imagenet", "cifar100:/tmp", "Synthetic", ":x"}) {
    const std::string what = error_for(spec);
    expect_contains(what, "unknown, expected one of synthetic, cifar10:DIR, idx:DIR");
    expect_contains(what, "fashion_mnist:DIR, folder:DIR");
  }
}

TEST(OpenDataset, FolderIsAskedForAndRefusedWhereThereIsNone) {
  for (const std::string name : {"cifar10", "idx", "fashion_mnist", "folder"}) {
    expect_contains(error_for(name), "': no folder, expected " + name + ":DIR");
    expect_contains(error_for(name + ":"), "no folder");
    expect_contains(error_for(name + ":/no/such/place"), "/no/such/place");
  }
  expect_contains(error_for("synthetic:/tmp"), "'synthetic': it has no folder");
}

TEST(OpenDataset, OptionsOfAnotherSetAreRefused) {
  const TempDir dir;
  write_cifar(dir.path(), 2);
  DatasetOptions folder, synthetic, small;
  folder.folder = FolderOptions{};
  synthetic.synthetic = SyntheticOptions{};
  small.pad_to = 31;
  const std::string cifar = "cifar10:" + dir.path().string();
  expect_contains(error_for(cifar, folder), "apply to 'folder' only");
  expect_contains(error_for(cifar, synthetic), "apply to 'synthetic' only");
  expect_contains(error_for(cifar, small), "padding to 31 x 31: the images are 32 x 32");
}

TEST(OpenDataset, FashionMnistOfAnotherSizeIsRefused) {
  const TempDir dir;
  write_mnist(dir.path(), 20, 27, 28, false);
  expect_contains(error_for("fashion_mnist:" + dir.path().string()), "expected 10 of 28 x 28");
}

/// Whoever has nothing to tell apart is always right.
TEST(OpenDataset, OneClassIsRefusedWhereverItComesFrom) {
  const TempDir dir;
  write(dir / "tree/train/a/1.png", png(9, 9, plain(1, 2, 3)));
  write(dir / "tree/val/a/1.png", png(9, 9, plain(1, 2, 3)));
  write(dir / "tree/train/.b/1.png", png(9, 9, plain(1, 2, 3)));
  const auto one_label = [&](const std::string& name, std::uint8_t label) {
    for (const std::string prefix : {"train", "t10k"}) {
      write(dir / (name + "/" + prefix + "-images-idx3-ubyte"), idx({4, 2, 2}, Bytes(16, 0)));
      write(dir / (name + "/" + prefix + "-labels-idx1-ubyte"), idx({4}, Bytes(4, label)));
    }
  };
  one_label("zeros", 0);
  one_label("fives", 5);
  Bytes record(3073, 1);
  for (unsigned i = 1; i <= 5; ++i)
    write(dir / ("cifar/data_batch_" + std::to_string(i) + ".bin"), record);
  for (const Split split : {Split::Train, Split::Test}) {
    for (const std::string spec : {"folder:tree", "idx:zeros"}) {
      const std::string text =
          spec.substr(0, spec.find(':') + 1) + (dir / spec.substr(spec.find(':') + 1)).string();
      expect_contains(error_of([&] { (void)open_dataset(text, split); }),
                      "'" + text + "': 1 class, expected at least 2");
    }
  }
  expect_contains(error_for("idx:" + (dir / "fives").string()),
                  "all 4 training images are of class 5, expected at least 2 classes");
  expect_contains(error_for("cifar10:" + (dir / "cifar").string()),
                  "all 5 training images are of class 1");
  // A test set may lack some.
  EXPECT_EQ(open_dataset("idx:" + (dir / "fives").string(), Split::Test)->size(), 4U);
}

TEST(MemoryDataset, ChecksWhatItIsGiven) {
  EXPECT_THROW((void)memory_dataset({{1, 1, 1}, 2, {}, {}, 0}), Error);
  EXPECT_THROW((void)memory_dataset({{1, 1, 1}, 2, {1, 2}, {0}, 0}), Error);
  EXPECT_THROW((void)memory_dataset({{1, 1, 1}, 2, {1, 2}, {0, 2}, 0}), Error);
}

}  // namespace
}  // namespace freebits::search
