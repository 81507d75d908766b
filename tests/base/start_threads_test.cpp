// SPDX-License-Identifier: Apache-2.0
#include "base/start_threads.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <string>

namespace freebits {
namespace {

TEST(StartThreads, EachDoesItsWork) {
  std::vector<std::atomic<int>> done(7);
  start_threads(7, [&](unsigned i, const std::stop_token&) { ++done[i]; }).clear();
  for (const auto& each : done) EXPECT_EQ(each, 1);
  EXPECT_TRUE(start_threads(0, [](unsigned, const std::stop_token&) { FAIL(); }).empty());
}

TEST(StartThreads, AreAskedToStopWhereTheyAreDestroyed) {
  std::atomic<int> ended = 0;
  {
    const auto threads = start_threads(3, [&](unsigned, const std::stop_token& stop) {
      while (!stop.stop_requested()) std::this_thread::yield();
      ++ended;
    });
    EXPECT_EQ(ended, 0);
  }
  EXPECT_EQ(ended, 3);
}

/// In a process of its own: a limit of its address space is one of the threads' stacks.
void ask_for_more_than_there_is() {
  constexpr rlim_t kBytes = rlim_t{1} << 30;  // of stacks of 8 MiB, some hundred
  const rlimit limit{kBytes, kBytes};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::exit(2);
  std::atomic<unsigned> begun = 0;
  for (int again = 0; again < 2; ++again) {
    try {
      (void)start_threads(1000, [&](unsigned, const std::stop_token&) { ++begun; });
      std::exit(3);
    } catch (const ThreadsRefused& refused) {
      const std::string text = refused.what();
      if (text.find("1000 threads: the system gives this process ") != 0) std::exit(4);
    }
  }
  if (begun != 0) std::exit(5);
  // What was taken is given back.
  start_threads(20, [&](unsigned, const std::stop_token&) { ++begun; }).clear();
  std::exit(begun == 20 ? 0 : 6);
}

TEST(StartThreads, AreAllMadeOrNoneBegins) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer needs more address space than the limit leaves";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(ask_for_more_than_there_is(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace freebits
