// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/memory_plan.hpp"

#include <algorithm>

#include "check.hpp"

namespace freebits::search::test {
namespace {

TEST(MemoryPlan, NeverPutsTwoThatLiveTogetherInOnePlace) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random{seed};
    std::vector<Placement> all(1 + random.below(60));
    for (Placement& p : all) {
      p = {
          .floats = 1 + random.below(500), .first = random.below(40), .last = 0, .memory = nullptr};
      p.last = p.first + random.below(1 + random.below(40));
    }
    const std::vector<std::size_t> offsets = place(all);
    ASSERT_EQ(offsets.size(), all.size());
    std::size_t end = 0, sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(offsets[i] % 16, 0U) << "not a cache line";
      end = std::max(end, offsets[i] + all[i].floats);
      sum += (all[i].floats + 15) / 16 * 16;
      for (std::size_t j = 0; j < i; ++j) {
        const bool together = all[i].first <= all[j].last && all[j].first <= all[i].last;
        const bool overlap =
            offsets[i] < offsets[j] + all[j].floats && offsets[j] < offsets[i] + all[i].floats;
        ASSERT_FALSE(together && overlap) << i << " and " << j;
      }
    }
    EXPECT_LE(end, sum) << "a gap that nobody needs";
  }
}

TEST(MemoryPlan, UsesMemoryAgain) {
  std::vector<Placement> chain;
  for (std::size_t i = 0; i < 100; ++i) chain.push_back({64, i, i + 1, nullptr});
  for (const std::size_t offset : place(chain)) EXPECT_LE(offset, 64U);
}

}  // namespace
}  // namespace freebits::search::test
