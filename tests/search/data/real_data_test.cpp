// SPDX-License-Identifier: Apache-2.0
// Published files in the folder that the CMake cache variable FREEBITS_DATASETS names; skipped
// where there is none.
#include <gtest/gtest.h>

#include <array>

#include "files.hpp"
#include "search/data/loader.hpp"
#include "search/data/normalization.hpp"
#include "search/data/open.hpp"

namespace freebits::search {
namespace {

using namespace test;

const std::filesystem::path kDatasets = FREEBITS_DATASETS;

TEST(RealFashionMnist, IsWhatWasPublished) {
  if (kDatasets.empty()) GTEST_SKIP() << "FREEBITS_DATASETS names no folder";
  const auto folder = kDatasets / "fashion-mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  const auto train = open_dataset("fashion_mnist:" + folder.string(), Split::Train);
  const auto test = open_dataset("fashion_mnist:" + folder.string(), Split::Test);
  EXPECT_EQ(train->size(), 60'000U);
  EXPECT_EQ(test->size(), 10'000U);
  std::array<unsigned, 10> counts{};
  for (std::size_t i = 0; i < train->size(); ++i) ++counts.at(train->label(i));
  for (const unsigned count : counts) EXPECT_EQ(count, 6'000U);
  // The figures that everybody's code for this set has.
  const Normalization n = measure_normalization(*train, 2);
  EXPECT_NEAR(n.mean[0], 0.2860, 0.0001);
  EXPECT_NEAR(n.deviation[0], 0.3530, 0.0001);
}

TEST(RealFashionMnist, LoadsPaddedAndNormalised) {
  if (kDatasets.empty()) GTEST_SKIP() << "FREEBITS_DATASETS names no folder";
  const auto folder = kDatasets / "fashion-mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  DatasetOptions padded;
  padded.pad_to = 32;
  const std::shared_ptr<const Dataset> set =
      open_dataset("fashion_mnist:" + folder.string(), Split::Test, padded);
  LoaderOptions options;
  options.batch = 1000;
  options.workers = 2;
  options.normalization = measure_normalization(*set, 2);
  Loader loader(set, options);
  double sum = 0, squares = 0;
  for (loader.start(0); const auto batch = loader.next();) {
    for (const float value : batch->images) {
      sum += value;
      squares += value * value;
    }
  }
  const double count = 10'000.0 * 32 * 32;
  EXPECT_NEAR(sum / count, 0, 1e-4);
  EXPECT_NEAR(squares / count, 1, 1e-4);
}

}  // namespace
}  // namespace freebits::search
