// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "base/error.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

class FileLocks : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_lock_" + std::to_string(::getpid()));
    fs::create_directories(folder);
    file = folder / "x.lock";
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path folder, file;
};

/// A process that takes the lock and holds it until it is killed.
class Holder {
 public:
  explicit Holder(const fs::path& file) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      const auto lock = FileLock::try_take(file);
      const char has = lock ? 'y' : 'n';
      if (write(ends[1], &has, 1) != 1) _exit(1);
      for (;;) pause();
    }
    char has = 0;
    if (read(ends[0], &has, 1) != 1 || has != 'y') throw std::runtime_error("no lock");
    close(ends[0]);
    close(ends[1]);
  }
  ~Holder() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

TEST_F(FileLocks, AreHeldByOneAndLeaveNothingBehind) {
  auto first = FileLock::try_take(file);
  ASSERT_TRUE(first);
  EXPECT_FALSE(FileLock::try_take(file));
  EXPECT_TRUE(fs::exists(file));
  FileLock moved = std::move(*first);
  first.reset();
  EXPECT_FALSE(FileLock::try_take(file));
  { const FileLock last = std::move(moved); }
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(FileLock::try_take(file));
}

TEST_F(FileLocks, NameWhoHoldsThemAndEndWithItHoweverItEnds) {
  {
    const Holder other(file);
    EXPECT_FALSE(FileLock::try_take(file));
    const std::string name = "process " + std::to_string(other.pid());
    EXPECT_TRUE(FileLock::holder(file).starts_with(name + " (")) << FileLock::holder(file);
  }
  EXPECT_TRUE(fs::exists(file));  // killed: nobody has removed it
  EXPECT_TRUE(FileLock::try_take(file));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(FileLocks, AreWaitedForUntilTheyAreFreeOrTheWaitIsStopped) {
  auto first = FileLock::try_take(file);
  std::atomic<bool> stop = true;
  EXPECT_THROW((void)FileLock::take(file, stop), Interrupted);
  std::atomic<bool> has = false;
  std::jthread waiting([&] {
    const FileLock lock = FileLock::take(file);
    has = true;
  });
  EXPECT_FALSE(has);
  first.reset();
  waiting.join();
  EXPECT_TRUE(has);
}

TEST_F(FileLocks, ExcludeEachOtherWhileTheirFilesComeAndGo) {
  std::atomic<int> inside = 0, most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 10; ++round) {
          const FileLock lock = FileLock::take(file);
          const int now = ++inside;
          if (now > most) most = now;
          --inside;
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(FileLocks, InAFolderThatIsNotThereAreAnError) {
  try {
    (void)FileLock::try_take(folder / "none" / "x.lock");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("none/x.lock"), std::string::npos) << error.what();
  }
}

TEST_F(FileLocks, OfOneFileUnderTwoNamesAreOne) {
  fs::create_symlink("y.ckpt", folder / "link");
  EXPECT_EQ(lock_file_of(folder / "link"), lock_file_of(folder / "y.ckpt"));
  EXPECT_EQ(lock_file_of(folder / "r"), lock_file_of((folder / "r").string() + "/"));
  EXPECT_EQ(lock_file_of(folder / "r").filename(), "r.lock");
}

}  // namespace
}  // namespace freebits
