// SPDX-License-Identifier: Apache-2.0
#include "profiler/store/latency_store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <thread>

#include "base/error.hpp"

namespace freebits::profiler {
namespace {

namespace fs = std::filesystem;

Latency latency(std::uint64_t n) {
  Latency l{.cycles = n << 33, .error_bound = static_cast<double>(n) / 7, .instructions = 3 * n};
  for (std::size_t a = 0; a < l.accounting.size(); ++a) l.accounting[a] = n + a;
  return l;
}

std::string key(std::uint64_t n) { return "layer 'ä'; " + std::to_string(n); }

std::string bytes_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

class Store : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_store_" + std::to_string(::getpid()));
    fs::remove_all(folder);
    file = folder / "deep" / "latency.db";
  }
  void TearDown() override { fs::remove_all(folder); }

  LatencyStore open() {
    said.clear();
    return LatencyStore(file, [this](std::string_view line) { said.emplace_back(line); });
  }
  /// Opening says in one line that the file is kept under this name, and begins anew.
  void expect_set_aside(const std::string& name, const std::string& why) {
    const std::string before = bytes_of(file);
    const LatencyStore store = open();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find(name), std::string::npos) << said[0];
    EXPECT_NE(said[0].find(why), std::string::npos) << said[0];
    EXPECT_EQ(said[0].find('\n'), std::string::npos) << said[0];
    EXPECT_EQ(bytes_of(file.parent_path() / name), before);
    EXPECT_FALSE(store.find(key(0)));
  }
  void fill(std::uint64_t count) {
    LatencyStore store = open();
    for (std::uint64_t n = 0; n < count; ++n) store.insert(key(n), latency(n));
  }
  /// `work` in a process of its own: its exit code.
  static int in_child(const std::function<void()>& work) {
    const pid_t child = start_child(work);
    return end_of(child);
  }
  static pid_t start_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
      work();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  static int end_of(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path folder, file;
  std::vector<std::string> said;
};

TEST_F(Store, KeepsWhatIsInsertedAndReplacesIt) {
  fill(3);
  LatencyStore store = open();
  EXPECT_EQ(store.find(key(2)), latency(2));
  EXPECT_EQ(store.find(key(3)), std::nullopt);
  store.insert(key(2), latency(9));
  EXPECT_EQ(open().find(key(2)), latency(9));
  EXPECT_EQ(open().find(key(1)), latency(1));
  EXPECT_TRUE(said.empty());
}

TEST_F(Store, TakesWritesOfProcessesAndThreadsAtOnce) {
  constexpr std::uint64_t kEach = 150;
  std::vector<pid_t> children;
  for (std::uint64_t p = 0; p < 3; ++p) {
    children.push_back(start_child([&, p] {
      LatencyStore store(file);
      const auto write = [&](std::uint64_t t) {
        for (std::uint64_t n = 0; n < kEach; ++n) {
          const std::uint64_t number = 1000 * p + 500 * t + n;
          store.insert(key(number), latency(number));
        }
      };
      std::thread other(write, 1);
      write(0);
      other.join();
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(end_of(child), 0);
  const LatencyStore store = open();
  for (std::uint64_t p = 0; p < 3; ++p) {
    for (std::uint64_t t = 0; t < 2; ++t) {
      for (std::uint64_t n = 0; n < kEach; ++n) {
        const std::uint64_t number = 1000 * p + 500 * t + n;
        ASSERT_EQ(store.find(key(number)), latency(number)) << number;
      }
    }
  }
}

TEST_F(Store, OutlivesAKilledWriter) {
  const pid_t child = start_child([&] {
    LatencyStore store(file);
    for (std::uint64_t n = 0; n < 20; ++n) store.insert(key(n), latency(n));
    ::raise(SIGKILL);
  });
  EXPECT_EQ(end_of(child), -1);
  const LatencyStore store = open();
  EXPECT_TRUE(said.empty());
  for (std::uint64_t n = 0; n < 20; ++n) EXPECT_EQ(store.find(key(n)), latency(n));
}

TEST_F(Store, SetsAsideWhatIsNoStore) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "This is my shopping list, not a data base of any kind.\n";
  expect_set_aside("latency.db.corrupt-1", "damaged");
}

TEST_F(Store, SetsAsideAnotherProgramsDataBase) {
  fs::create_directories(file.parent_path());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "CREATE TABLE mine (a)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  expect_set_aside("latency.db.corrupt-1", "no latency store");
}

TEST_F(Store, SetsAsideATruncatedOne) {
  fill(2000);
  fs::resize_file(file, fs::file_size(file) / 2);
  expect_set_aside("latency.db.corrupt-1", "damaged");
  // And once more, beside the first.
  fill(2000);
  fs::resize_file(file, fs::file_size(file) / 3);
  expect_set_aside("latency.db.corrupt-2", "damaged");
}

TEST_F(Store, SetsAsideOneWithAPageOverwritten) {
  fill(2000);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(2 * 4096)
      .write(std::string(4096, 'x').data(), 4096);
  expect_set_aside("latency.db.corrupt-1", "damaged");
}

TEST_F(Store, SetsAsideAnotherVersion) {
  fill(10);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version = 7", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  expect_set_aside("latency.db.old-1", "version 7, expected 4");
}

/// A statement on the file, past the store.
void execute(const fs::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
  sqlite3_close(db);
}

TEST_F(Store, SetsADamagedRowAsideAndSaysSo) {
  for (const char* column : {"cycles", "l3_wait", "operand_wait", "error_bound", "instructions",
                             "executing", "idle", "checksum"}) {
    fill(3);
    execute(file, std::string("UPDATE latency SET ") + column + " = " + column +
                      " + 1 WHERE key LIKE '%; 1'");
    LatencyStore store = open();
    EXPECT_EQ(store.find(key(0)), latency(0));
    EXPECT_TRUE(said.empty());
    EXPECT_EQ(store.find(key(1)), std::nullopt) << column;
    ASSERT_EQ(said.size(), 1U) << column;
    EXPECT_NE(said[0].find(key(1)), std::string::npos) << said[0];
    EXPECT_EQ(store.claim(key(1)), LatencyStore::Claim::Ours);
    store.insert(key(1), latency(1));
    EXPECT_EQ(open().find(key(1)), latency(1));
  }
}

TEST_F(Store, NeverGivesAnotherValueThanTheOneInserted) {
  constexpr std::uint64_t kRows = 60, kMutants = 300;
  fill(kRows);
  const std::string good = bytes_of(file);
  std::mt19937_64 random(1);
  std::uint64_t lost = 0;
  for (std::uint64_t m = 0; m < kMutants; ++m) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
    for (const fs::directory_entry& entry : fs::directory_iterator(file.parent_path()))
      fs::remove(entry.path());
    std::ofstream(file, std::ios::binary) << bad;
    try {
      LatencyStore store = open();
      for (std::uint64_t n = 0; n < kRows; ++n) {
        const auto found = store.find(key(n));
        lost += !found;
        ASSERT_EQ(found.value_or(latency(n)), latency(n)) << "mutant " << m;
      }
    } catch (const Error&) {
      ++lost;  // said, not guessed
    }
  }
  EXPECT_GT(lost, 0U);
}

TEST_F(Store, SharesWorkByClaims) {
  LatencyStore one = open(), two(file);
  EXPECT_EQ(one.claim(key(1)), LatencyStore::Claim::Ours);
  EXPECT_EQ(one.claim(key(1)), LatencyStore::Claim::Ours);
  EXPECT_EQ(two.claim(key(1)), LatencyStore::Claim::Other);
  EXPECT_EQ(two.claim(key(2)), LatencyStore::Claim::Ours);
  one.insert(key(1), latency(1));
  EXPECT_EQ(two.claim(key(1)), LatencyStore::Claim::Stored);
}

TEST_F(Store, ClaimsEndWithTheirStoreAndWithTheirProcess) {
  {
    LatencyStore one = open();
    EXPECT_EQ(one.claim(key(1)), LatencyStore::Claim::Ours);
  }
  const pid_t child = start_child([&] {
    LatencyStore store(file);
    if (store.claim(key(2)) != LatencyStore::Claim::Ours) ::_exit(2);
    ::raise(SIGKILL);
  });
  EXPECT_EQ(end_of(child), -1);
  LatencyStore store = open();
  EXPECT_EQ(store.claim(key(1)), LatencyStore::Claim::Ours);
  EXPECT_EQ(store.claim(key(2)), LatencyStore::Claim::Ours);
}

TEST_F(Store, SaysInOneLineWhereNoneCanBe) {
  fs::create_directories(folder);
  std::ofstream(folder / "deep") << "a file";
  try {
    open();
    FAIL() << "a store below a file";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(file.string()), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
  file = folder;
  EXPECT_THROW(open(), Error);
}

TEST_F(Store, KeepsWhatItHasWhenTheDiskIsFull) {
  // A limit on the size of files stands for the end of the disk.
  const int code = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    LatencyStore store(file);
    std::ofstream count(folder / "count");
    for (std::uint64_t n = 0;; ++n) {
      try {
        store.insert(key(n), latency(n));
      } catch (const Error&) {
        count << n;
        count.close();
        ::_exit(3);
      }
    }
  });
  ASSERT_EQ(code, 3);
  std::uint64_t count = 0;
  std::ifstream(folder / "count") >> count;
  EXPECT_GT(count, 100U);
  LatencyStore store = open();
  EXPECT_TRUE(said.empty());
  for (std::uint64_t n = 0; n < count; ++n) ASSERT_EQ(store.find(key(n)), latency(n)) << n;
  store.insert(key(count), latency(count));
  EXPECT_EQ(store.find(key(count)), latency(count));
}

}  // namespace
}  // namespace freebits::profiler
