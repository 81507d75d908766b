// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/front.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace freebits::search {
namespace {

TEST(ParetoFront, HasWhatNoOtherBeats) {
  std::mt19937 random(5);
  for (unsigned round = 0; round < 200; ++round) {
    std::vector<Point> points(random() % 12);
    for (Point& p : points) p = {static_cast<double>(random() % 8) / 8, random() % 8};
    const auto beats = [](const Point& a, const Point& b) {
      return a.accuracy >= b.accuracy && a.cycles <= b.cycles &&
             (a.accuracy > b.accuracy || a.cycles < b.cycles);
    };
    const std::vector<std::size_t> front = pareto_front(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool beaten =
          std::ranges::any_of(points, [&](const Point& other) { return beats(other, points[i]); });
      const bool first = std::ranges::none_of(
          points.begin(), points.begin() + static_cast<std::ptrdiff_t>(i), [&](const Point& other) {
            return other.accuracy == points[i].accuracy && other.cycles == points[i].cycles;
          });
      EXPECT_EQ(std::ranges::count(front, i), !beaten && first ? 1 : 0) << "round " << round;
    }
    EXPECT_TRUE(std::ranges::is_sorted(front, {}, [&](std::size_t i) { return points[i].cycles; }));
  }
}

TEST(Choice, IsTheFastestThatIsAccurateEnough) {
  const std::vector<Point> points = {{0.9, 100}, {0.8, 50}, {0.85, 50}, {0.95, 120}};
  EXPECT_EQ(fastest(points, 0.9), 0U);
  EXPECT_EQ(fastest(points, 0.8), 2U);
  EXPECT_EQ(fastest(points, 0.951), std::nullopt);
}

TEST(Choice, IsTheMostAccurateWithinABudget) {
  const std::vector<Point> points = {{0.9, 100}, {0.8, 50}, {0.85, 60}, {0.85, 50}, {0.95, 120}};
  EXPECT_EQ(most_accurate(points, 119), 0U);
  EXPECT_EQ(most_accurate(points, 60), 3U);
  EXPECT_EQ(most_accurate(points, 49), std::nullopt);
}

}  // namespace
}  // namespace freebits::search
