// SPDX-License-Identifier: Apache-2.0
#include "profiler/store/latency_store.hpp"

#include <fmt/format.h>

#include <mutex>

#include "base/error.hpp"
#include "base/trusted_folder.hpp"
#include "profiler/store/claims.hpp"
#include "profiler/store/database.hpp"
#include "profiler/store/rows.hpp"

namespace freebits::profiler {

namespace fs = std::filesystem;

class LatencyStore::Impl {
 public:
  Impl(fs::path file, Say say) : file_(std::move(file)), say_(std::move(say)) {
    try {
      db_ = store::open_or_set_aside(file_, say_);
      claims_.emplace(*db_);
    } catch (const std::exception& error) {
      fail(error);
    }
  }

  [[nodiscard]] const fs::path& file() const { return file_; }

  std::optional<Latency> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    try {
      const store::Found found = store::select(*db_, key);
      if (!found.damaged) return found.latency;
      store::set_row_aside(*db_, key);
    } catch (const SQLite::Exception& error) {
      fail(error);
    }
    if (say_) {
      say_(
          fmt::format("latency store {}: the row of a latency is damaged, its checksum does not "
                      "fit; it is kept in the table 'damaged' and measured again: {}",
                      file_.string(), key));
    }
    return std::nullopt;
  }

  void insert(const std::string& key, const Latency& latency) {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
      store::insert(*db_, key, latency);
      claims_->end(key);
      transaction.commit();
    } catch (const SQLite::Exception& error) {
      fail(error);
    }
  }

  Claim claim(const std::string& key) {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
      const store::Found found = store::select(*db_, key);
      if (found.latency && !found.damaged) return Claim::Stored;
      const bool ours = claims_->take(key);
      transaction.commit();
      return ours ? Claim::Ours : Claim::Other;
    } catch (const SQLite::Exception& error) {
      fail(error);
    }
  }

 private:
  [[noreturn]] void fail(const std::exception& error) const {
    throw Error(
        fmt::format("latency store {}: {}; expected a file that can be written, in a folder with "
                    "room",
                    file_.string(), error.what()));
  }

  fs::path file_;
  Say say_;
  std::mutex mutex_;
  std::unique_ptr<SQLite::Database> db_;
  std::optional<store::Claims> claims_;
};

LatencyStore::LatencyStore(fs::path file, Say say)
    : impl_(std::make_unique<Impl>(std::move(file), std::move(say))) {}
LatencyStore::~LatencyStore() = default;

const fs::path& LatencyStore::file() const { return impl_->file(); }

std::optional<Latency> LatencyStore::find(const std::string& key) const { return impl_->find(key); }

void LatencyStore::insert(const std::string& key, const Latency& latency) {
  impl_->insert(key, latency);
}

LatencyStore::Claim LatencyStore::claim(const std::string& key) { return impl_->claim(key); }

fs::path default_latency_store() {
  const auto folder = user_cache_folder();
  if (!folder) {
    throw Error(
        "there is no place for the latency store: neither XDG_CACHE_HOME nor HOME holds an "
        "absolute path; give --store FILE or set one of them");
  }
  require_private_folder(*folder, "give --store FILE");
  return *folder / "latency.db";
}

}  // namespace freebits::profiler
