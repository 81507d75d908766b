// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/threads.hpp"

#include <algorithm>
#include <utility>

#include "check.hpp"

namespace freebits::search::test {
namespace {

TEST(Threads, RunWorkOnceInEachThread) {
  for (const unsigned count : {1U, 2U, 3U, 7U}) {
    Threads pool(count);
    EXPECT_EQ(pool.count(), count);
    std::vector<int> calls(count);
    for (int i = 0; i < 50; ++i) pool.run([&](unsigned thread) { ++calls[thread]; });
    EXPECT_EQ(calls, std::vector<int>(count, 50));
  }
}

TEST(Threads, SplitUnitsIntoSharesThatFollowEachOther) {
  for (const unsigned count : {1U, 2U, 3U, 7U}) {
    for (const std::size_t units : {0U, 1U, 2U, 3U, 8U, 100U}) {
      std::vector<std::size_t> first(count), last(count);
      threads(count).split(units, [&](unsigned thread, std::size_t from, std::size_t to) {
        EXPECT_LT(from, to) << "a thread without a share is not called";
        first[thread] = from;
        last[thread] = to;
      });
      std::size_t next = 0, most = 0, least = units;
      for (unsigned thread = 0; thread < count; ++thread) {
        const std::size_t share = last[thread] - first[thread];
        if (share != 0) {
          EXPECT_EQ(first[thread], std::exchange(next, last[thread]));
        }
        most = std::max(most, share);
        least = std::min(least, share);
      }
      EXPECT_EQ(next, units);
      EXPECT_LE(most - least, 1U);
    }
  }
}

TEST(Threads, RethrowTheErrorOfTheLowestAndGoOn) {
  Threads pool(3);
  for (int i = 0; i < 20; ++i) {
    std::vector<int> done(3);
    const auto fail_from = [&](unsigned lowest) {
      return error_of([&] {
        pool.run([&](unsigned thread) {
          ++done[thread];
          if (thread >= lowest) throw std::runtime_error("thread " + std::to_string(thread));
        });
      });
    };
    EXPECT_EQ(fail_from(0), "thread 0");
    EXPECT_EQ(fail_from(1), "thread 1");
    EXPECT_EQ(fail_from(2), "thread 2");
    EXPECT_EQ(fail_from(3), "");
    EXPECT_EQ(done, std::vector<int>(3, 4)) << "an error keeps nobody from working";
  }
}

TEST(Threads, AreAtLeastOneAndNoMoreThanMachinesHave) {
  EXPECT_EQ(error_of([] { const Threads none(0); }), "0 threads, expected 1 to 1024");
  EXPECT_EQ(error_of([] { const Threads many(4294967295U); }),
            "4294967295 threads, expected 1 to 1024");
}

}  // namespace
}  // namespace freebits::search::test
