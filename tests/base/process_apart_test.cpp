// SPDX-License-Identifier: Apache-2.0
#include "base/process_apart.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace freebits {
namespace {

namespace fs = std::filesystem;

TEST(Apart, ReturnsWhatTheWorkReturns) {
  const std::string large(300'000, 'x');  // more than a pipe holds
  const auto result = run_apart([&] { return large; }, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->bytes, large);
  EXPECT_TRUE(run_apart([] { return std::string(); }, {}));
}

TEST(Apart, ChangesNothingHere) {
  int value = 1;
  (void)run_apart(
      [&] {
        value = 2;
        return std::string();
      },
      {});
  EXPECT_EQ(value, 1);
}

TEST(Apart, MeasuresTheMemoryOfThatProcess) {
  constexpr std::size_t kBytes = 64 << 20;
  const auto result = run_apart(
      [] {
        std::vector<char> memory(kBytes, 1);
        return std::string(1, memory[kBytes / 2]);
      },
      {});
  ASSERT_TRUE(result);
  EXPECT_GE(result->peak_memory_bytes, kBytes);
}

TEST(Apart, ReturnsNothingWhenTheWorkFails) {
  EXPECT_FALSE(run_apart([]() -> std::string { throw std::runtime_error("no"); }, {}));
  EXPECT_FALSE(run_apart([]() -> std::string { _exit(0x7f); }, {}));
  EXPECT_FALSE(run_apart(
      []() -> std::string {
        kill(getpid(), SIGKILL);
        return "";
      },
      {}));
}

/// Work that never ends, and a stop as soon as it has begun.
TEST(Apart, EndsTheOtherProcessWhenItIsStopped) {
  const fs::path file =
      fs::path(testing::TempDir()) / ("freebits_apart_" + std::to_string(::getpid()));
  std::atomic<bool> stop = false;
  std::jthread stopper([&] {
    while (!fs::exists(file) || fs::file_size(file) == 0) std::this_thread::yield();
    stop = true;
  });
  const auto endless = [&]() -> std::string {
    std::ofstream(file) << getpid() << std::endl;
    for (;;) pause();
  };
  EXPECT_THROW((void)run_apart(endless, stop), Interrupted);
  pid_t other = 0;
  std::ifstream(file) >> other;
  EXPECT_EQ(kill(other, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  fs::remove(file);
}

}  // namespace
}  // namespace freebits
