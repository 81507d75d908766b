// SPDX-License-Identifier: Apache-2.0
#include "profiler/store/claims.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>

namespace freebits::profiler::store {
namespace {

std::string first_line(const std::string& file) {
  std::string line;
  std::getline(std::ifstream(file), line);
  return line;
}

/// "BOOT PID START": a process of this machine since it was started; a number given out again is
/// another process. Empty: there is none.
std::string process(const std::string& pid) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", pid));
  // The name, in parentheses, may hold anything; the 20th field behind it is the start time.
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos) return "";
  std::istringstream fields(stat.substr(end + 1));
  std::string start;
  for (int i = 0; i < 20; ++i) fields >> start;
  return fmt::format("{} {} {}", first_line("/proc/sys/kernel/random/boot_id"), pid, start);
}

/// "PROCESS STORE": the store's number in its process.
bool alive(const std::string& owner) {
  std::istringstream fields(owner);
  std::string boot, pid;
  fields >> boot >> pid;
  const std::string now = process(pid);
  return !now.empty() && owner.starts_with(now + " ");
}

}  // namespace

void Claims::create(SQLite::Database& db) {
  db.exec(
      "CREATE TABLE IF NOT EXISTS claim (key TEXT PRIMARY KEY, owner TEXT NOT NULL) "
      "WITHOUT ROWID");
}

Claims::Claims(SQLite::Database& db) : db_(db) {
  static std::atomic<unsigned> stores = 0;
  owner_ = fmt::format("{} {}", process(std::to_string(::getpid())), ++stores);
}

Claims::~Claims() {
  try {
    SQLite::Statement statement(db_, "DELETE FROM claim WHERE owner = ?");
    statement.bind(1, owner_);
    statement.exec();
  } catch (const SQLite::Exception&) {
    // They end with the process.
  }
}

bool Claims::others_claim(const std::string& key) const {
  SQLite::Statement statement(db_, "SELECT owner FROM claim WHERE key = ?");
  statement.bind(1, key);
  if (!statement.executeStep()) return false;
  const std::string owner = statement.getColumn(0).getString();
  return owner != owner_ && alive(owner);
}

bool Claims::take(const std::string& key) {
  if (others_claim(key)) return false;
  SQLite::Statement statement(db_, "INSERT OR REPLACE INTO claim (key, owner) VALUES (?, ?)");
  statement.bind(1, key);
  statement.bind(2, owner_);
  statement.exec();
  return true;
}

void Claims::end(const std::string& key) {
  SQLite::Statement statement(db_, "DELETE FROM claim WHERE key = ?");
  statement.bind(1, key);
  statement.exec();
}

}  // namespace freebits::profiler::store
