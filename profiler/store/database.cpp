// SPDX-License-Identifier: Apache-2.0
#include "profiler/store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <string>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "profiler/store/claims.hpp"
#include "profiler/store/rows.hpp"

namespace freebits::profiler::store {
namespace {

namespace fs = std::filesystem;

constexpr int kApplication = 0x46'42'4c'53;  ///< "FBLS", in the file's header
constexpr int kVersion = 4;                  ///< of the tables
constexpr int kBusyMilliseconds = 30'000;

int number(SQLite::Database& db, const char* pragma) {
  return db.execAndGet(fmt::format("PRAGMA {}", pragma)).getInt();
}

/// The file is not what it should be.
struct Unusable {
  std::string suffix, why;
};

bool means_damage(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

void create(SQLite::Database& db) {
  // Two that open an empty file at once: the second waits, and finds the tables.
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  create_rows(db);
  Claims::create(db);
  db.exec(fmt::format("PRAGMA application_id = {}", kApplication));
  db.exec(fmt::format("PRAGMA user_version = {}", kVersion));
  transaction.commit();
}

/// Throws Unusable.
void check(SQLite::Database& db) {
  if (number(db, "application_id") != kApplication)
    throw Unusable{"corrupt", "it is no latency store"};
  if (const int version = number(db, "user_version"); version != kVersion)
    throw Unusable{"old", fmt::format("it is of version {}, expected {}", version, kVersion)};
  if (const std::string found = db.execAndGet("PRAGMA quick_check(1)").getString(); found != "ok")
    throw Unusable{"corrupt", "it is damaged: " + found.substr(0, found.find('\n'))};
}

/// Throws Unusable, or SQLite::Exception.
std::unique_ptr<SQLite::Database> open_once(const fs::path& file) {
  auto db = std::make_unique<SQLite::Database>(
      file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMilliseconds);
  try {
    const bool fresh = number(*db, "application_id") == 0 && number(*db, "user_version") == 0 &&
                       db->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (fresh) {
      db->exec("PRAGMA journal_mode = WAL");
      create(*db);
    }
    check(*db);
    db->exec("PRAGMA synchronous = NORMAL");
    // Fails now where a write would fail later.
    SQLite::Transaction(*db, SQLite::TransactionBehavior::IMMEDIATE).commit();
  } catch (const SQLite::Exception& error) {
    if (!means_damage(error)) throw;
    throw Unusable{"corrupt", std::string("it is damaged: ") + error.what()};
  }
  return db;
}

/// The same. SQLite does not wait by itself while another process makes the file a WAL one.
std::unique_ptr<SQLite::Database> open(const fs::path& file) {
  constexpr std::chrono::milliseconds kPause{10};
  for (int left = kBusyMilliseconds / static_cast<int>(kPause.count());; --left) {
    try {
      return open_once(file);
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() != SQLITE_BUSY || left == 0) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

/// Renames the file and what SQLite keeps beside it; its new name.
fs::path set_aside(const fs::path& file, const std::string& suffix) {
  for (unsigned n = 1;; ++n) {
    const fs::path to = fmt::format("{}.{}-{}", file.string(), suffix, n);
    if (fs::exists(to)) continue;
    fs::rename(file, to);
    for (const char* beside : {"-wal", "-shm"}) {
      std::error_code none;
      fs::rename(file.string() + beside, to.string() + beside, none);
    }
    return to;
  }
}

}  // namespace

std::unique_ptr<SQLite::Database> open_or_set_aside(const fs::path& file,
                                                    const LatencyStore::Say& say) {
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  if (fs::is_directory(file)) throw Error("it is a folder");
  try {
    return open(file);
  } catch (const Unusable& unusable) {
    const fs::path aside = set_aside(file, unusable.suffix);
    if (say) {
      say(fmt::format("latency store {}: {}; it is kept as {}, a new one begins", file.string(),
                      unusable.why, aside.filename().string()));
    }
  }
  try {
    return open(file);
  } catch (const Unusable& unusable) {
    throw Error(unusable.why);
  }
}

}  // namespace freebits::profiler::store
