// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace freebits::search {
namespace {

TEST(Random, IsTheSameOnEveryMachine) {
  Random random({1, 2, 3});
  const std::uint64_t first = random.next();
  Random again({1, 2, 3});
  EXPECT_EQ(again.next(), first);
  // Worked out by hand from the definition, in another language (Python integers).
  Random zero({0});
  EXPECT_EQ(zero.next(), 0x238275bc38fcbe91U);
}

TEST(Random, EveryPartOfTheKeyAndTheirOrderMatter) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t a = 0; a < 20; ++a) {
    for (std::uint64_t b = 0; b < 20; ++b) {
      firsts.insert(Random({a, b}).next());
      firsts.insert(Random({a, b, 0}).next());
    }
  }
  EXPECT_EQ(firsts.size(), 800U);
}

TEST(Random, BelowStaysBelowAndIsEven) {
  Random random({7});
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);  // four standard deviations
}

TEST(Random, UniformStaysBelowOne) {
  Random random({8});
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const float value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.004);
}

}  // namespace
}  // namespace freebits::search
