// SPDX-License-Identifier: Apache-2.0
#include "search/data/loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "base/error.hpp"
#include "files.hpp"
#include "search/data/memory_dataset.hpp"
#include "search/data/synthetic.hpp"

namespace freebits::search {
namespace {

using namespace test;

struct Epoch {
  std::vector<float> images;
  std::vector<std::uint32_t> labels, indices;
  std::vector<std::size_t> sizes;
  friend bool operator==(const Epoch&, const Epoch&) = default;
};

Epoch run(Loader& loader, std::uint64_t number) {
  Epoch epoch;
  for (loader.start(number); const auto batch = loader.next();) {
    epoch.images.insert(epoch.images.end(), batch->images.begin(), batch->images.end());
    epoch.labels.insert(epoch.labels.end(), batch->labels.begin(), batch->labels.end());
    epoch.indices.insert(epoch.indices.end(), batch->indices.begin(), batch->indices.end());
    epoch.sizes.push_back(batch->size());
  }
  return epoch;
}

std::shared_ptr<const Dataset> numbered(unsigned count) {
  Bytes pixels, labels;
  for (unsigned i = 0; i < count; ++i) {
    pixels.insert(pixels.end(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 256)});
    labels.push_back(static_cast<std::uint8_t>(i % 7));
  }
  return memory_dataset({{1, 2, 1}, 7, pixels, labels, 0});
}

LoaderOptions all_on(unsigned workers) {
  LoaderOptions options;
  options.batch = 17;
  options.augmentation = {.view = true, .pad = 4, .flip = true};
  options.seed = 9;
  options.workers = workers;
  return options;
}

std::shared_ptr<const Dataset> small_synthetic() {
  return synthetic_dataset(Split::Train, {.seed = 3, .train_size = 100, .test_size = 1});
}

TEST(Loader, GivesEveryImageOnceWithItsLabel) {
  for (const std::size_t batch : {1U, 7U, 8U, 9U, 100U, 299U, 300U, 1000U}) {
    LoaderOptions options;
    options.batch = batch;
    options.workers = 2;
    Loader loader(numbered(300), options);
    Epoch epoch = run(loader, 0);
    EXPECT_EQ(loader.batches(), (300 + batch - 1) / batch);
    EXPECT_EQ(epoch.sizes.size(), loader.batches());
    ASSERT_EQ(epoch.indices.size(), 300U);
    for (std::size_t i = 0; i < 300; ++i) {
      const std::uint32_t index = epoch.indices[i];
      ASSERT_EQ(epoch.labels[i], index % 7);
      ASSERT_FLOAT_EQ(epoch.images[2 * i], static_cast<float>(index % 256) / 255);
      ASSERT_FLOAT_EQ(epoch.images[2 * i + 1], static_cast<float>(index >> 8) / 255);
    }
    std::sort(epoch.indices.begin(), epoch.indices.end());
    for (std::uint32_t i = 0; i < 300; ++i) ASSERT_EQ(epoch.indices[i], i);
  }
}

TEST(Loader, LastBatchIsShortOrLeftOut) {
  LoaderOptions options;
  options.batch = 8;
  Loader kept(numbered(20), options);
  EXPECT_EQ(run(kept, 0).sizes, (std::vector<std::size_t>{8, 8, 4}));
  options.drop_last = true;
  Loader dropped(numbered(20), options);
  EXPECT_EQ(run(dropped, 0).sizes, (std::vector<std::size_t>{8, 8}));
  // Which images are left out changes with the epoch.
  EXPECT_NE(run(dropped, 0).indices, run(dropped, 1).indices);
}

TEST(Loader, StartsInTheMiddleOfAnEpoch) {
  Loader loader(small_synthetic(), all_on(2));
  const Epoch whole = run(loader, 3);
  for (std::size_t first = 0; first <= loader.batches(); ++first) {
    std::size_t image = std::min<std::size_t>(first * 17, 100);
    for (loader.start(3, first); const auto batch = loader.next();) {
      for (std::size_t i = 0; i < batch->size(); ++i) {
        ASSERT_EQ(batch->indices[i], whole.indices[image]);
        const std::size_t size = loader.shape().size();
        ASSERT_TRUE(std::equal(&batch->images[i * size], &batch->images[i * size] + size,
                               &whole.images[image * size]));
        ++image;
      }
    }
    EXPECT_EQ(image, 100U) << first;
  }
  EXPECT_THROW(loader.start(0, loader.batches() + 1), Error);
}

TEST(Loader, WithoutShufflingTheOrderIsTheSets) {
  LoaderOptions options;
  options.batch = 6;
  options.shuffle = false;
  options.workers = 3;
  Loader loader(numbered(50), options);
  std::vector<std::uint32_t> expected(50);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(run(loader, 4).indices, expected);
}

TEST(Loader, WorkersAndPrefetchChangeNoBit) {
  const auto set = small_synthetic();
  Loader one(set, all_on(1)), three(set, all_on(3));
  LoaderOptions narrow = all_on(3);
  narrow.prefetch = 2;
  Loader bounded(set, narrow);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    const Epoch expected = run(one, epoch);
    EXPECT_EQ(run(three, epoch), expected);
    EXPECT_EQ(run(bounded, epoch), expected);
  }
}

TEST(Loader, ResumeAtAnEpochGivesItsBits) {
  const auto set = small_synthetic();
  Loader through(set, all_on(2)), resumed(set, all_on(1));
  std::vector<Epoch> epochs;
  for (std::uint64_t i = 0; i < 4; ++i) epochs.push_back(run(through, i));
  EXPECT_EQ(run(resumed, 3), epochs[3]);
  EXPECT_EQ(run(resumed, 1), epochs[1]);
  EXPECT_NE(epochs[0].indices, epochs[1].indices);
}

TEST(Loader, AnImagesAugmentationDependsOnSeedEpochAndIndexOnly) {
  const auto set = small_synthetic();
  LoaderOptions options = all_on(2), unshuffled = all_on(2);
  unshuffled.shuffle = false;
  unshuffled.batch = 5;
  Loader a(set, options), b(set, unshuffled);
  const Epoch shuffled = run(a, 6), straight = run(b, 6);
  const std::size_t size = set->shape().size();
  for (std::size_t i = 0; i < 100; ++i) {
    const auto at = [&](std::size_t k) { return static_cast<std::ptrdiff_t>(k * size); };
    ASSERT_TRUE(std::equal(shuffled.images.begin() + at(i), shuffled.images.begin() + at(i + 1),
                           straight.images.begin() + at(shuffled.indices[i])));
  }
  EXPECT_NE(run(b, 7).images, straight.images);
  unshuffled.seed = 10;
  Loader other(set, unshuffled);
  EXPECT_NE(run(other, 6).images, straight.images);
}

TEST(Loader, EpochGivenUpLeavesNothingBehind) {
  const auto set = small_synthetic();
  Loader fresh(set, all_on(2)), used(set, all_on(3));
  const Epoch expected = run(fresh, 1);
  for (unsigned taken = 0; taken < 6; ++taken) {
    used.start(0);
    for (unsigned i = 0; i < taken; ++i) ASSERT_TRUE(used.next());
    EXPECT_EQ(run(used, 1), expected);
  }
  EXPECT_FALSE(used.next());  // and again nothing
}

TEST(Loader, CanBeDestroyedAtAnyTime) {
  const auto set = small_synthetic();
  for (unsigned taken = 0; taken < 8; ++taken) {
    Loader loader(set, all_on(3));
    if (taken > 0) loader.start(0);
    for (unsigned i = 1; i < taken; ++i) (void)loader.next();
  }
}

TEST(Loader, BatchBelongsToTheConsumerUntilTheNext) {
  LoaderOptions options = all_on(3);
  options.batch = 8;
  options.prefetch = 2;
  Loader loader(small_synthetic(), options);
  for (loader.start(0); const auto batch = loader.next();) {
    std::fill(batch->images.begin(), batch->images.end(), -7.0F);
    // Were the slot open to the workers, they would have had time for all the rest.
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    for (const float value : batch->images) ASSERT_EQ(value, -7.0F);
  }
}

/// Counts how far the workers are ahead, and fails on some images.
class Watched final : public Dataset {
 public:
  explicit Watched(std::vector<std::size_t> bad) : bad_(std::move(bad)) {}
  [[nodiscard]] std::size_t size() const override { return 400; }
  [[nodiscard]] unsigned classes() const override { return 2; }
  [[nodiscard]] ImageShape shape() const override { return {1, 1, 1}; }
  [[nodiscard]] unsigned label(std::size_t i) const override { return i % 2; }
  [[nodiscard]] std::size_t reads() const { return reads_; }

 private:
  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    ++reads_;
    if (std::find(bad_.begin(), bad_.end(), i) != bad_.end())
      throw Error("image " + std::to_string(i) + " is bad");
    out[0] = 1;
  }
  std::vector<std::size_t> bad_;
  mutable std::atomic<std::size_t> reads_ = 0;
};

TEST(Loader, WorkersAreNeverFurtherAheadThanTheQueue) {
  const auto set = std::make_shared<Watched>(std::vector<std::size_t>{});
  LoaderOptions options;
  options.batch = 10;
  options.workers = 4;
  options.prefetch = 3;
  Loader loader(set, options);
  loader.start(0);
  for (std::size_t batch = 1; batch <= 40; ++batch) {
    ASSERT_TRUE(loader.next());
    EXPECT_GE(set->reads(), batch * 10);
    EXPECT_LE(set->reads(), (batch + 2) * 10);
  }
  EXPECT_FALSE(loader.next());
  EXPECT_EQ(set->reads(), 400U);
}

TEST(Loader, ErrorOfAnImageComesWithItsBatchWhateverTheWorkers) {
  for (const unsigned workers : {1U, 4U}) {
    LoaderOptions options;
    options.batch = 40;
    options.shuffle = false;
    options.workers = workers;
    Loader loader(std::make_shared<Watched>(std::vector<std::size_t>{119, 95, 130}), options);
    for (int again = 0; again < 3; ++again) {
      loader.start(0);
      EXPECT_TRUE(loader.next());
      EXPECT_TRUE(loader.next());
      for (int repeated = 0; repeated < 2; ++repeated)
        EXPECT_EQ(error_of([&] { (void)loader.next(); }), "image 95 is bad");
    }
  }
}

TEST(Loader, WrongArgumentsAreRefused) {
  const auto set = numbered(20);
  const auto error = [&](auto change) {
    LoaderOptions options;
    change(options);
    return error_of([&] { Loader loader(set, options); });
  };
  expect_contains(error([](auto& o) { o.batch = 0; }), "batch: 0, expected at least 1");
  expect_contains(error([](auto& o) { o.workers = 0; }), "workers: 0, expected at least 1");
  expect_contains(error([](auto& o) { o.prefetch = 1; }), "prefetch: 1, expected at least 2");
  expect_contains(error([](auto& o) { o.drop_last = true; }), "at most the 20 images");
  expect_contains(error([](auto& o) { o.augmentation.pad = 3; }), "crop padding of 3");
  expect_contains(error([](auto& o) { o.normalization.mean = {0, 0}; }), "expected 1 of each");
  Loader loader(set, {});
  EXPECT_THROW((void)loader.next(), std::logic_error);
}

/// A disk that does not answer until it is released.
class Stuck final : public Dataset {
 public:
  [[nodiscard]] std::size_t size() const override { return 8; }
  [[nodiscard]] unsigned classes() const override { return 2; }
  [[nodiscard]] ImageShape shape() const override { return {1, 1, 1}; }
  [[nodiscard]] unsigned label(std::size_t i) const override { return i % 2; }
  void release() const {
    released_ = true;
    released_.notify_all();
  }

 private:
  void read_image(std::size_t, std::span<std::uint8_t> out) const override {
    released_.wait(false);
    out[0] = 0;
  }
  mutable std::atomic<bool> released_ = false;
};

TEST(Loader, IsNotWaitedForWhenTheWorkIsStopped) {
  const auto set = std::make_shared<Stuck>();
  Loader loader(set, {.batch = 4, .augmentation = {}, .normalization = {}});
  loader.start(0);
  const std::atomic<bool> stop = true;
  EXPECT_THROW((void)loader.next(stop), Interrupted);
  set->release();
  loader.start(0);
  EXPECT_EQ(loader.next(stop)->size(), 4U) << "what is there needs no waiting";
}

}  // namespace
}  // namespace freebits::search
