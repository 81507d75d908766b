// SPDX-License-Identifier: Apache-2.0
#include "freebits/profiler/latency_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <mutex>
#include <system_error>

#include "freebits/tb/error.hpp"
#include "freebits/tb/trusted_folder.hpp"

namespace freebits::profiler {
namespace {

namespace fs = std::filesystem;

constexpr int kApplication = 0x46'42'4c'53;  ///< "FBLS", in the file's header
constexpr int kVersion = 3;                  ///< of the table below
constexpr int kBusyMilliseconds = 30'000;

constexpr std::size_t kActivities = tb::kActivityNames.size();

/// A column each for the activities.
std::string activity_columns(std::string_view format) {
  std::string text;
  for (const std::string_view name : tb::kActivityNames)
    text += fmt::format(fmt::runtime(format), name);
  return text;
}

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
  // Two that open an empty file at once: the second waits, and finds the table.
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  db.exec(
      "CREATE TABLE IF NOT EXISTS latency (key TEXT PRIMARY KEY, cycles INTEGER NOT NULL, "
      "l3_wait INTEGER NOT NULL, operand_wait INTEGER NOT NULL, error_bound REAL NOT NULL, "
      "instructions INTEGER NOT NULL" +
      activity_columns(", {} INTEGER NOT NULL") +
      ", measured TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) WITHOUT ROWID");
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
std::unique_ptr<SQLite::Database> open(const fs::path& file) {
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

class LatencyStore::Impl {
 public:
  Impl(fs::path file, const Say& say) : file_(std::move(file)) {
    try {
      if (file_.has_parent_path()) fs::create_directories(file_.parent_path());
      if (fs::is_directory(file_)) throw tb::Error("it is a folder");
      try {
        db_ = open(file_);
      } catch (const Unusable& unusable) {
        const fs::path aside = set_aside(file_, unusable.suffix);
        if (say) {
          say(fmt::format("latency store {}: {}; it is kept as {}, a new one begins",
                          file_.string(), unusable.why, aside.filename().string()));
        }
        db_ = open(file_);
      }
    } catch (const std::exception& error) {
      fail(error);
    } catch (const Unusable& unusable) {
      throw tb::Error(fmt::format("latency store {}: {}", file_.string(), unusable.why));
    }
  }

  [[nodiscard]] const fs::path& file() const { return file_; }

  std::optional<Latency> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Statement select(*db_,
                               "SELECT cycles, l3_wait, operand_wait, error_bound, instructions" +
                                   activity_columns(", {}") + " FROM latency WHERE key = ?");
      select.bind(1, key);
      if (!select.executeStep()) return std::nullopt;
      Latency l;
      l.cycles = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
      l.l3_wait = static_cast<std::uint64_t>(select.getColumn(1).getInt64());
      l.operand_wait = static_cast<std::uint64_t>(select.getColumn(2).getInt64());
      l.error_bound = select.getColumn(3).getDouble();
      l.instructions = static_cast<std::uint64_t>(select.getColumn(4).getInt64());
      for (std::size_t i = 0; i < kActivities; ++i) {
        l.accounting[i] =
            static_cast<std::uint64_t>(select.getColumn(5 + static_cast<int>(i)).getInt64());
      }
      return l;
    } catch (const SQLite::Exception& error) {
      fail(error);
    }
  }

  void insert(const std::string& key, const Latency& latency) {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Statement into(*db_,
                             "INSERT OR REPLACE INTO latency (key, cycles, l3_wait, operand_wait, "
                             "error_bound, instructions" +
                                 activity_columns(", {}") + ") VALUES (?, ?, ?, ?, ?, ?" +
                                 activity_columns(", ?") + ")");
      into.bind(1, key);
      into.bind(2, static_cast<std::int64_t>(latency.cycles));
      into.bind(3, static_cast<std::int64_t>(latency.l3_wait));
      into.bind(4, static_cast<std::int64_t>(latency.operand_wait));
      into.bind(5, latency.error_bound);
      into.bind(6, static_cast<std::int64_t>(latency.instructions));
      for (std::size_t i = 0; i < kActivities; ++i)
        into.bind(7 + static_cast<int>(i), static_cast<std::int64_t>(latency.accounting[i]));
      into.exec();
    } catch (const SQLite::Exception& error) {
      fail(error);
    }
  }

 private:
  [[noreturn]] void fail(const std::exception& error) const {
    throw tb::Error(
        fmt::format("latency store {}: {}; expected a file that can be written, in a folder with "
                    "room",
                    file_.string(), error.what()));
  }

  fs::path file_;
  std::mutex mutex_;
  std::unique_ptr<SQLite::Database> db_;
};

LatencyStore::LatencyStore(fs::path file, const Say& say)
    : impl_(std::make_unique<Impl>(std::move(file), say)) {}
LatencyStore::~LatencyStore() = default;

const fs::path& LatencyStore::file() const { return impl_->file(); }

std::optional<Latency> LatencyStore::find(const std::string& key) const { return impl_->find(key); }

void LatencyStore::insert(const std::string& key, const Latency& latency) {
  impl_->insert(key, latency);
}

fs::path default_latency_store() {
  const auto folder = tb::user_cache_folder();
  if (!folder) {
    throw tb::Error(
        "there is no place for the latency store: neither XDG_CACHE_HOME nor HOME holds an "
        "absolute path; give --store FILE or set one of them");
  }
  tb::require_private_folder(*folder, "give --store FILE");
  return *folder / "latency.db";
}

}  // namespace freebits::profiler
