// SPDX-License-Identifier: Apache-2.0
// Neither trivial nor hopeless: what needs no shape or texture must fail on it.
#include "search/data/synthetic.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <thread>

#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;
using Features = std::vector<double>;

TEST(Synthetic, ClassesAreBalanced) {
  for (const Split split : {Split::Train, Split::Test}) {
    const auto set = synthetic_dataset(split);
    EXPECT_EQ(set->size(), split == Split::Train ? 10'000U : 2'000U);
    EXPECT_EQ(set->classes(), 10U);
    EXPECT_EQ(set->shape(), (ImageShape{32, 32, 3}));
    std::array<std::size_t, 10> counts{};
    for (std::size_t i = 0; i < set->size(); ++i) ++counts.at(set->label(i));
    for (const std::size_t count : counts) EXPECT_EQ(count, set->size() / 10);
  }
}

TEST(Synthetic, ImagesAreDifferentAndDependOnSeedSplitAndIndexOnly) {
  const SyntheticOptions small = {.seed = 1, .train_size = 300, .test_size = 300};
  const SyntheticOptions large = {.seed = 1, .train_size = 5000, .test_size = 300};
  const SyntheticOptions other = {.seed = 2, .train_size = 300, .test_size = 300};
  const auto train = synthetic_dataset(Split::Train, small);
  std::set<std::string> seen;
  const auto text = [](const Bytes& bytes) { return std::string(bytes.begin(), bytes.end()); };
  for (std::size_t i = 0; i < 300; ++i) {
    seen.insert(text(image(*train, i)));
    seen.insert(text(image(*synthetic_dataset(Split::Test, small), i)));
    seen.insert(text(image(*synthetic_dataset(Split::Train, other), i)));
  }
  EXPECT_EQ(seen.size(), 900U);
  EXPECT_EQ(image(*train, 299), image(*synthetic_dataset(Split::Train, large), 299));
}

TEST(Synthetic, ThreadsReadTheSame) {
  const auto set = synthetic_dataset(Split::Train);
  std::vector<Bytes> alone(30), together(30);
  for (std::size_t i = 0; i < 30; ++i) alone[i] = image(*set, i);
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < 30; i += 3) together[i] = image(*set, i);
      });
    }
  }
  EXPECT_EQ(alone, together);
}

Features pixels(const Bytes& image) { return {image.begin(), image.end()}; }

Features mean_colour(const Bytes& image) {
  Features mean(3);
  for (std::size_t i = 0; i < image.size(); ++i) mean[i % 3] += image[i] / 1024.0;
  return mean;
}

/// Mean and deviation of each channel.
Features colour_statistics(const Bytes& image) {
  Features f = mean_colour(image);
  f.resize(6);
  for (std::size_t i = 0; i < image.size(); ++i)
    f[3 + i % 3] += std::pow(image[i] - f[i % 3], 2) / 1024;
  for (std::size_t c = 3; c < 6; ++c) f[c] = std::sqrt(f[c]);
  return f;
}

double distance(const Features& a, const Features& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

/// Share of the test images whose class has the nearest mean of `features`.
template <class Function>
double nearest_mean_accuracy(const Function& features) {
  const auto train = synthetic_dataset(Split::Train), test = synthetic_dataset(Split::Test);
  std::vector<Features> means(10);
  for (std::size_t i = 0; i < train->size(); ++i) {
    const Features f = features(image(*train, i));
    Features& mean = means[train->label(i)];
    mean.resize(f.size());
    for (std::size_t k = 0; k < f.size(); ++k) mean[k] += f[k] * 10 / train->size();
  }
  unsigned right = 0;
  for (std::size_t i = 0; i < test->size(); ++i) {
    const Features f = features(image(*test, i));
    std::size_t best = 0;
    for (std::size_t c = 1; c < 10; ++c) {
      if (distance(f, means[c]) < distance(f, means[best])) best = c;
    }
    right += best == test->label(i);
  }
  return right / static_cast<double>(test->size());
}

TEST(Synthetic, MeanColourDoesNotTellTheClass) {
  EXPECT_LT(nearest_mean_accuracy(mean_colour), 0.25);
}

TEST(Synthetic, ContrastDoesNotTellTheClass) {
  EXPECT_LT(nearest_mean_accuracy(colour_statistics), 0.25);
}

TEST(Synthetic, NearestMeanImageDoesNotTellTheClass) {
  EXPECT_LT(nearest_mean_accuracy(pixels), 0.5);
}

TEST(Synthetic, NearestImageOfATwentiethDoesNotTellTheClass) {
  const auto train = synthetic_dataset(Split::Train), test = synthetic_dataset(Split::Test);
  std::vector<Features> known;
  for (std::size_t i = 0; i < 500; ++i) known.push_back(pixels(image(*train, i)));
  unsigned right = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const Features f = pixels(image(*test, i));
    std::size_t best = 0;
    double least = std::numeric_limits<double>::max();
    for (std::size_t k = 0; k < known.size(); ++k) {
      if (const double d = distance(f, known[k]); d < least) least = d, best = k;
    }
    right += train->label(best) == test->label(i);
  }
  EXPECT_LT(right, 100U);
}

TEST(Synthetic, PixelsUseTheWholeRange) {
  const auto set = synthetic_dataset(Split::Train);
  std::array<unsigned, 8> eighths{};
  for (std::size_t i = 0; i < 500; ++i) {
    for (const auto byte : image(*set, i)) ++eighths.at(byte / 32);
  }
  for (const unsigned count : eighths) EXPECT_GT(count, 500 * 3072 / 100);
}

TEST(Synthetic, EmptySetsAreRefused) {
  for (const SyntheticOptions options :
       {SyntheticOptions{.seed = 1, .train_size = 0, .test_size = 1},
        {.seed = 1, .train_size = 1, .test_size = 0}}) {
    expect_contains(error_of([&] { (void)synthetic_dataset(Split::Train, options); }),
                    "0 images, expected at least 1");
  }
  const auto set = synthetic_dataset(Split::Test);
  EXPECT_THROW((void)set->label(2000), std::out_of_range);
}

}  // namespace
}  // namespace freebits::search
