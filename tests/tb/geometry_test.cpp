// SPDX-License-Identifier: Apache-2.0
// The cache of geometries, with stand-ins for Verilator and the compiler (a model of nothing, in no
// time); the real ones build what the tests of the cluster run on.
#include "tb/geometry/geometry.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/stop.hpp"
#include "tb/geometry/geometry_builds.hpp"

namespace freebits::test {
namespace {

namespace fs = std::filesystem;
using tb::GeometryId;
using tb::Visibility;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class GeometryCache : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("geometry-" + std::to_string(::getpid()) +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "bin");
    path_ = std::getenv("PATH");
    ::setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
    ::setenv("FREEBITS_CACHE", cache().c_str(), 1);
    tool("verilator",
         "[ \"$1\" = --getenv ] && echo /nowhere && exit\n"
         "echo run >> " +
             (folder_ / "runs").string() +
             "\n"
             "mkdir -p $2 && echo > $2/Vcluster.cpp; sleep 0.2\n");
    tool("clang++-19", "while [ \"$1\" != -o ]; do shift; done; echo object > $2\n");
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("FREEBITS_CACHE");
    fs::remove_all(folder_);
  }

  void tool(const std::string& name, const std::string& script) const {
    const fs::path file = folder_ / "bin" / name;
    std::ofstream(file) << "#!/bin/sh\n" << script;
    fs::permissions(file, fs::perms::all);
  }
  [[nodiscard]] fs::path cache() const { return folder_ / "cache"; }
  /// How often Verilator ran.
  [[nodiscard]] std::size_t runs() const { return text_of(folder_ / "runs").size() / 4; }
  [[nodiscard]] fs::path build() const { return tb::build_geometry({}, cache(), nullptr); }
  [[nodiscard]] std::string error() const {
    try {
      (void)build();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }
  /// Files other than locks.
  [[nodiscard]] std::set<std::string> content() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(cache())) {
      if (entry.path().extension() != ".lock") names.insert(entry.path().filename().string());
    }
    return names;
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(GeometryCache, BuildsOnceAndKeeps) {
  std::vector<std::string> said;
  const auto progress = [&](std::string_view text) { said.emplace_back(text); };
  const fs::path first = tb::build_geometry({}, cache(), progress);
  EXPECT_EQ(tb::build_geometry({}, cache(), progress), first);
  EXPECT_EQ(runs(), 1U);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0],
            "building the geometry of 8 cores, 16 banks, L1 128 KiB, plain: once, about half a "
            "minute");
  EXPECT_EQ(said[1].substr(0, 17), "geometry built in");
  EXPECT_EQ(content(), std::set<std::string>{first.filename().string()});
}

/// With a compiler that looks for each file that is included, as a real one does.
TEST_F(GeometryCache, MayHaveAnyCharacterInItsPath) {
  tool("clang++-19",
       "for a; do case $a in *.cpp) grep -q größe \"$a\" && exit 1;; esac; done\n"
       "while [ \"$1\" != -o ]; do shift; done; echo object > \"$2\"\n");
  tool("verilator",
       "[ \"$1\" = --getenv ] && echo /nowhere && exit\n"
       "mkdir -p \"$2\" && echo > \"$2/Vcluster.cpp\"\n");
  const fs::path odd = folder_ / "a \"quote\", 'another' \\ $HOME; (größe)";
  EXPECT_TRUE(fs::exists(tb::build_geometry({}, odd, {})));
}

TEST_F(GeometryCache, RefusesALineFeedInItsPath) {
  ::setenv("FREEBITS_CACHE", (folder_ / "a\nb").c_str(), 1);
  try {
    (void)tb::build_geometry({}, folder_ / "a\nb", {});
    ADD_FAILURE() << "built";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("has a line feed in its name"), std::string::npos)
        << error.what();
  }
}

TEST_F(GeometryCache, GivesEveryGeometryItsOwnName) {
  std::set<std::string> names;
  const auto add = [&](auto change) {
    GeometryId id;
    change(id);
    EXPECT_TRUE(names.insert(tb::geometry_file(id)).second);
  };
  add([](GeometryId&) {});
  add([](GeometryId& id) { id.geometry.cores = 4; });
  add([](GeometryId& id) { id.geometry.banks = 32; });
  add([](GeometryId& id) { id.geometry.l1_bytes = 64 << 10; });
  add([](GeometryId& id) { id.geometry.icache_bytes = 8 << 10; });
  add([](GeometryId& id) { id.geometry.icache_ways = 2; });
  add([](GeometryId& id) { id.geometry.icache_banks = 4; });
  add([](GeometryId& id) { id.geometry.fetch_buffer_bytes = 1024; });
  add([](GeometryId& id) { id.geometry.dma_queue_depth = 16; });
  add([](GeometryId& id) { id.geometry.dma_read_ahead = 16; });
  add([](GeometryId& id) { id.visibility = Visibility::Observed; });
  add([](GeometryId& id) { id.visibility = Visibility::Traced; });
  tool("clang++-19", "# another compiler\n");
  add([](GeometryId&) {});
  tool("verilator", "# another Verilator\n");
  add([](GeometryId&) {});
}

TEST_F(GeometryCache, BuildsADamagedFileAgain) {
  const fs::path file = build();
  const std::string whole = text_of(file);
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_EQ(build(), file);
  EXPECT_EQ(text_of(file), whole);
  std::string flipped = whole;
  flipped[1] ^= 1;
  std::ofstream(file) << flipped;
  EXPECT_EQ(build(), file);
  EXPECT_EQ(text_of(file), whole);
  std::ofstream(file) << "";
  EXPECT_EQ(build(), file);
  EXPECT_EQ(runs(), 4U);
}

TEST_F(GeometryCache, LetsOneOfManyProcessesBuild) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(error() == "no error" ? 0 : 1);
    children.push_back(child);
  }
  const auto file = build();
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(runs(), 1U);
  EXPECT_EQ(content(), std::set<std::string>{file.filename().string()});
}

TEST_F(GeometryCache, LetsOneOfManyThreadsBuild) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([this] { (void)build(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs(), 1U);
}

TEST_F(GeometryCache, SurvivesABuilderThatIsKilled) {
  const fs::path slow = folder_ / "slow";
  tool("verilator",
       "[ \"$1\" = --getenv ] && echo /nowhere && exit\n"
       "mkdir -p $2 && echo > $2/Vcluster.cpp\n"
       "echo run >> " +
           (folder_ / "runs").string() +
           "\n"
           "[ -e " +
           slow.string() + " ] && exec sleep 60; exit 0\n");
  std::ofstream(slow) << "";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(error() == "no error" ? 0 : 1);
  while (runs() == 0) std::this_thread::yield();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(content().size(), 2U);  // its folder and its log
  fs::remove(slow);
  const auto file = build();
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(content(), std::set<std::string>{file.filename().string()});
}

TEST_F(GeometryCache, NamesTheErrorAndTheLog) {
  tool("verilator", "echo starting; echo '%Error: fb_core.sv:3: syntax'; echo more; exit 3\n");
  const std::string message = error();
  EXPECT_EQ(message.substr(0, message.find("the log is ")),
            "building the geometry of 8 cores, 16 banks, L1 128 KiB, plain: verilator failed (3): "
            "%Error: fb_core.sv:3: syntax; ");
  const fs::path log = message.substr(message.find("the log is ") + 11);
  EXPECT_EQ(text_of(log), "starting\n%Error: fb_core.sv:3: syntax\nmore\n");
  EXPECT_EQ(content(), std::set<std::string>{log.filename().string()});
}

TEST_F(GeometryCache, SaysThatTheCompilerFailed) {
  tool("clang++-19", "kill -9 $$\n");
  EXPECT_NE(error().find("the compiler failed (137): "), std::string::npos) << error();
}

TEST_F(GeometryCache, SaysThatTheDiskIsFull) {
  tool("clang++-19", "echo 'fatal error: No space left on device'; exit 1\n");
  EXPECT_EQ(error(), cache().string() +
                         ": the disk is full; free 100 MB or set FREEBITS_CACHE to a folder on "
                         "another one");
}

TEST_F(GeometryCache, NeedsAFolderThatCanBeWritten) {
  EXPECT_THROW((void)tb::build_geometry({}, "/proc/freebits", nullptr), Error);
  std::ofstream(folder_ / "file") << "";
  EXPECT_THROW((void)tb::build_geometry({}, folder_ / "file" / "cache", nullptr), Error);
}

TEST_F(GeometryCache, EndsABuildWithAllItsProcessesWhenInterrupted) {
  // As Verilator: a script around the program that works.
  tool("verilator", "sh -c 'echo $$ > " + (folder_ / "worker").string() + "; echo run >> " +
                        (folder_ / "runs").string() + "; sleep 600'\n");
  std::atomic<bool> interrupted = false;
  tb::interrupt_geometry_builds_with(interrupted);
  std::thread user([&] {
    while (runs() == 0) std::this_thread::yield();
    interrupted = true;
  });
  EXPECT_THROW((void)build(), Interrupted);
  user.join();
  const fs::path worker =
      fs::path("/proc") / std::to_string(std::stoi(text_of(folder_ / "worker")));
  const auto lives = [&] {  // nobody may have taken note of its death
    const std::string status = text_of(worker / "status");
    return !status.empty() && status.find("State:\tZ") == std::string::npos;
  };
  while (lives()) std::this_thread::yield();
  // Nor does it wait for another's build.
  const std::string lock = fs::path(tb::geometry_file({})).stem().string() + ".lock";
  const int other = ::open((cache() / lock).c_str(), O_RDWR);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_THROW((void)build(), Interrupted);
  ::close(other);
  static const std::atomic<bool> never = false;
  tb::interrupt_geometry_builds_with(never);
}

TEST_F(GeometryCache, RefusesAFolderThatIsNotTheUsersAlone) {
  GeometryId unusual;
  unusual.geometry.dma_queue_depth = 16;
  const auto complaint = [&]() -> std::string {
    try {
      (void)tb::load_geometry(unusual, nullptr);
    } catch (const Error& e) {
      return e.what();
    }
    return "none";
  };
  fs::create_directory(cache());
  fs::permissions(cache(), fs::perms::all);
  std::ofstream(cache() / tb::geometry_file(unusual)) << "code of anybody";
  EXPECT_NE(complaint().find(cache().string() + ": can be written by others"), std::string::npos)
      << complaint();
  // Without a home: a name in /tmp that anybody may have taken before.
  const char* const home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  const char* const xdg = std::getenv("XDG_CACHE_HOME");
  const std::string xdg_before = xdg == nullptr ? "" : xdg;
  ::unsetenv("FREEBITS_CACHE");
  ::unsetenv("XDG_CACHE_HOME");
  ::unsetenv("HOME");
  ::setenv("TMPDIR", folder_.c_str(), 1);
  const fs::path place = folder_ / ("freebits-" + std::to_string(::getuid()));
  EXPECT_EQ(tb::cache_folder(), place);
  fs::create_directory_symlink(cache(), place);
  EXPECT_NE(complaint().find(place.string() + ": is a symbolic link"), std::string::npos)
      << complaint();
  EXPECT_EQ(runs(), 0U);
  ::unsetenv("TMPDIR");
  if (!before.empty()) ::setenv("HOME", before.c_str(), 1);
  if (!xdg_before.empty()) ::setenv("XDG_CACHE_HOME", xdg_before.c_str(), 1);
}

TEST_F(GeometryCache, UsesWhatIsBuiltOnAMachineWithoutTools) {
  const auto file = build();
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(build(), file);
  fs::remove(file);
  EXPECT_EQ(error(),
            "the geometry of 8 cores, 16 banks, L1 128 KiB, plain has not been built yet, and "
            "verilator is not installed; expected verilator and clang++-19 or g++ in PATH");
}

TEST_F(GeometryCache, LiesWhereTheUserSays) {
  EXPECT_EQ(tb::cache_folder(), cache());
  ::unsetenv("FREEBITS_CACHE");
  const char* const xdg = std::getenv("XDG_CACHE_HOME");
  const std::string before = xdg == nullptr ? "" : xdg;
  ::setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(tb::cache_folder(), "/somewhere/freebits");
  ::unsetenv("XDG_CACHE_HOME");
  if (const char* home = std::getenv("HOME")) {
    EXPECT_EQ(tb::cache_folder(), fs::path(home) / ".cache" / "freebits");
  }
  if (!before.empty()) ::setenv("XDG_CACHE_HOME", before.c_str(), 1);
}

TEST(Sha256, AgreesWithTheStandard) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace freebits::test
