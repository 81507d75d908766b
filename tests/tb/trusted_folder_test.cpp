// SPDX-License-Identifier: Apache-2.0
#include "base/trusted_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/error.hpp"

namespace freebits::tb {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kStranger = 12345;

class TrustedFolders : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("trusted-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The complaint about a folder, without its name.
  static std::string complaint(const fs::path& folder) {
    try {
      require_private_folder(folder, "do that");
    } catch (const Error& e) {
      const std::string text = e.what();
      EXPECT_EQ(text.find(folder.string() + ": "), 0U) << text;
      return text.substr(folder.string().size() + 2);
    }
    return "none";
  }

  fs::path folder_;
};

TEST_F(TrustedFolders, AreMadeForOneUserAlone) {
  EXPECT_EQ(complaint(folder_ / "a/b"), "none");
  EXPECT_EQ(fs::status(folder_ / "a/b").permissions(), fs::perms::owner_all);
  EXPECT_EQ(complaint(folder_ / "a/b"), "none");
}

TEST_F(TrustedFolders, AreNotThoseThatOthersMayWrite) {
  const fs::path cache = folder_ / "cache";
  fs::create_directory(cache);
  for (const unsigned mode : {0755U, 0700U, 0500U}) {
    ::chmod(cache.c_str(), mode);
    EXPECT_EQ(complaint(cache), "none") << mode;
  }
  ::chmod(cache.c_str(), 0770);
  EXPECT_EQ(complaint(cache),
            "can be written by others (mode 770; chmod go-w makes it yours); expected a folder of "
            "your own: do that");
  ::chmod(cache.c_str(), 01777);
  EXPECT_NE(complaint(cache).find("can be written by others (mode 1777"), std::string::npos);
  ::chmod(cache.c_str(), 0700);
  ::chmod(folder_.c_str(), 0777);
  EXPECT_EQ(complaint(cache), "can be exchanged by anybody, who may write to " +
                                  fs::canonical(folder_).string() +
                                  "; expected a folder of your own: do that");
  ::chmod(folder_.c_str(), 01777);
  EXPECT_EQ(complaint(cache), "none");
}

TEST_F(TrustedFolders, AreNoLinksAndNoFiles) {
  fs::create_directory(folder_ / "cache");
  fs::create_directory_symlink(folder_ / "cache", folder_ / "link");
  std::ofstream(folder_ / "file") << "";
  const std::string rest = "; expected a folder of your own: do that";
  EXPECT_EQ(complaint(folder_ / "link"), "is a symbolic link" + rest);
  EXPECT_THROW(require_private_folder(folder_ / "link/", "do that"), Error);
  fs::create_symlink("/nowhere", folder_ / "nowhere");
  EXPECT_EQ(complaint(folder_ / "nowhere"), "is a symbolic link" + rest);
  EXPECT_EQ(complaint(folder_ / "file"), "is no folder" + rest);
  EXPECT_EQ(complaint("/proc/freebits").find("cannot be made ("), 0U);
}

TEST_F(TrustedFolders, BelongToTheirUser) {
  const fs::path cache = folder_ / "cache";
  fs::create_directory(cache);
  if (::chown(cache.c_str(), kStranger, kStranger) != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(complaint(cache),
            "belongs to another user (12345); expected a folder of your own: do that");
  EXPECT_THROW(require_program_folder(cache), Error);
}

TEST_F(TrustedFolders, OfTheProgramAreNotOpenToAll) {
  EXPECT_NO_THROW(require_program_folder(folder_));
  EXPECT_NO_THROW(require_program_folder(folder_ / "missing"));
  ::chmod(folder_.c_str(), 0777);
  EXPECT_THROW(require_program_folder(folder_), Error);
}

TEST_F(TrustedFolders, LieWhereTheBaseDirectorySpecificationSays) {
  const auto set = [](const char* variable, const char* value) {
    value == nullptr ? ::unsetenv(variable) : ::setenv(variable, value, 1);
  };
  const auto get = [](const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? std::optional<std::string>() : value;
  };
  const auto home = get("HOME"), xdg = get("XDG_CACHE_HOME");
  set("HOME", "/home/me");
  set("XDG_CACHE_HOME", "/caches");
  EXPECT_EQ(user_cache_folder(), "/caches/freebits");
  set("XDG_CACHE_HOME", "caches");  // not absolute: ignored
  EXPECT_EQ(user_cache_folder(), "/home/me/.cache/freebits");
  set("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(user_cache_folder(), "/home/me/.cache/freebits");
  set("HOME", ".");
  EXPECT_FALSE(user_cache_folder());
  set("HOME", nullptr);
  EXPECT_FALSE(user_cache_folder());
  set("HOME", home ? home->c_str() : nullptr);
  set("XDG_CACHE_HOME", xdg ? xdg->c_str() : nullptr);
}

}  // namespace
}  // namespace freebits::tb
