// SPDX-License-Identifier: Apache-2.0
#include "search/train/schedule.hpp"

#include <gtest/gtest.h>

namespace freebits::search {
namespace {

TEST(Schedule, RisesInALineThenFallsAlongACosine) {
  const Schedule schedule{.warmup = 10, .steps = 110};
  EXPECT_FLOAT_EQ(schedule.factor(0), 0.1F);
  EXPECT_FLOAT_EQ(schedule.factor(4), 0.5F);
  EXPECT_FLOAT_EQ(schedule.factor(9), 1);
  EXPECT_FLOAT_EQ(schedule.factor(10), 1);
  EXPECT_FLOAT_EQ(schedule.factor(60), 0.5F);
  EXPECT_NEAR(schedule.factor(85), 0.14644661, 1e-6);
  EXPECT_GT(schedule.factor(109), 0);
  EXPECT_LT(schedule.factor(109), 1e-3);
}

TEST(Schedule, NeedsNoWarmup) { EXPECT_EQ((Schedule{.warmup = 0, .steps = 4}).factor(0), 1); }

}  // namespace
}  // namespace freebits::search
