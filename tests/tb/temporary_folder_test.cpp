// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "base/error.hpp"

namespace freebits::tb {
namespace {

namespace fs = std::filesystem;

class TemporaryFolders : public testing::Test {
 protected:
  void SetUp() override {
    parent_ = fs::path(testing::TempDir()) / ("temporary-" + std::to_string(::getpid()));
    fs::create_directories(parent_);
  }
  void TearDown() override { fs::remove_all(parent_); }

  [[nodiscard]] std::set<std::string> content() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(parent_))
      names.insert(entry.path().filename().string());
    return names;
  }

  fs::path parent_;
};

TEST_F(TemporaryFolders, AreOneUsersAloneAndGoWithTheirObject) {
  fs::path path;
  {
    const TemporaryFolder folder(parent_, "work");
    path = folder.path();
    EXPECT_EQ(path.parent_path(), parent_);
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    std::ofstream(path / "file") << "text";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolders, OfAKilledProcessAreRemovedByTheNextOfTheirLabel) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const TemporaryFolder folder(parent_, "work");
    std::ofstream(folder.path() / "file") << "text";
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  { const TemporaryFolder other(parent_, "work"); }
  EXPECT_EQ(content().size(), 1U) << "its process lives";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  { const TemporaryFolder other(parent_, "another"); }
  EXPECT_EQ(content().size(), 1U) << "another label";
  { const TemporaryFolder other(parent_, "work"); }
  EXPECT_EQ(content().size(), 0U);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(TemporaryFolders, LeaveEverythingElseWhereItIs) {
  for (const char* name :
       {"work.abcde", "work.abcdefg", "work-abcdef", "work.abc/ef", "worka.bcdef"})
    fs::create_directories(parent_ / name);
  const fs::path elsewhere = parent_ / "elsewhere";
  fs::create_directories(elsewhere / "inside");
  fs::create_directory_symlink(elsewhere, parent_ / "work.abcdef");
  std::ofstream(parent_ / "work.ghijkl") << "a file";
  const auto before = content();
  { const TemporaryFolder folder(parent_, "work"); }
  EXPECT_EQ(content(), before);
  EXPECT_TRUE(fs::exists(elsewhere / "inside"));
}

TEST_F(TemporaryFolders, OfManyThreadsAtOnceAreNeverTakenForRemains) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int round = 0; round < 200; ++round) {
        const TemporaryFolder folder(parent_, "work");
        std::ofstream(folder.path() / "file") << "text";
        ASSERT_TRUE(fs::exists(folder.path() / "file"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(content().size(), 0U);
}

TEST_F(TemporaryFolders, SayWhatIsWrongWithTheirPlace) {
  const auto error = [](const auto& make) -> std::string {
    try {
      make();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  const char* const variable = std::getenv("TMPDIR");
  const std::string before = variable == nullptr ? "" : variable;
  ::setenv("TMPDIR", "/nonexistent", 1);
  EXPECT_EQ(
      error([] { const TemporaryFolder folder("work"); }),
      "TMPDIR=/nonexistent: no such folder; set it to a folder that can be written, or unset it");
  ::setenv("TMPDIR", "/proc", 1);
  EXPECT_NE(error([] {
              const TemporaryFolder folder("work");
            }).find("/proc: no temporary folder can be made there: "),
            std::string::npos);
  ::setenv("TMPDIR", parent_.c_str(), 1);
  EXPECT_EQ(TemporaryFolder("work").path().parent_path(), parent_);
  before.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", before.c_str(), 1);
}

}  // namespace
}  // namespace freebits::tb
