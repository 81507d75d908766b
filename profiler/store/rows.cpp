// SPDX-License-Identifier: Apache-2.0
#include "profiler/store/rows.hpp"

#include <fmt/format.h>

#include <bit>
#include <string_view>

#include "base/sha256.hpp"

namespace freebits::profiler::store {
namespace {

constexpr std::size_t kActivities = tb::kActivityNames.size();

/// A column each for the activities.
std::string activity_columns(std::string_view format) {
  std::string text;
  for (const std::string_view name : tb::kActivityNames)
    text += fmt::format(fmt::runtime(format), name);
  return text;
}

std::string value_columns() {
  return "cycles, l3_wait, operand_wait, error_bound, instructions" + activity_columns(", {}");
}

/// Half of a SHA-256 over all that a row says.
std::string checksum(const std::string& key, const Latency& l) {
  std::string text =
      fmt::format("{}\n{} {} {} {:016x} {}", key, l.cycles, l.l3_wait, l.operand_wait,
                  std::bit_cast<std::uint64_t>(l.error_bound), l.instructions);
  for (const std::uint64_t cycles : l.accounting) text += fmt::format(" {}", cycles);
  return sha256(text).substr(0, 32);
}

std::string table(std::string_view name, std::string_view key, std::string_view options) {
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (key TEXT {}, cycles INTEGER NOT NULL, l3_wait INTEGER NOT "
      "NULL, operand_wait INTEGER NOT NULL, error_bound REAL NOT NULL, instructions INTEGER NOT "
      "NULL{}, checksum TEXT NOT NULL, measured TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) {}",
      name, key, activity_columns(", {} INTEGER NOT NULL"), options);
}

}  // namespace

void create_rows(SQLite::Database& db) {
  db.exec(table("latency", "PRIMARY KEY", "WITHOUT ROWID"));
  // Whatever a damaged row holds.
  db.exec("CREATE TABLE IF NOT EXISTS damaged AS SELECT * FROM latency");
}

Found select(SQLite::Database& db, const std::string& key) {
  SQLite::Statement statement(
      db, "SELECT " + value_columns() + ", checksum FROM latency WHERE key = ?");
  statement.bind(1, key);
  if (!statement.executeStep()) return {};
  int column = 0;
  const auto next = [&] {
    return static_cast<std::uint64_t>(statement.getColumn(column++).getInt64());
  };
  Latency l;
  l.cycles = next();
  l.l3_wait = next();
  l.operand_wait = next();
  l.error_bound = statement.getColumn(column++).getDouble();
  l.instructions = next();
  for (std::uint64_t& cycles : l.accounting) cycles = next();
  if (statement.getColumn(column).getString() != checksum(key, l))
    return {.latency = std::nullopt, .damaged = true};
  return {.latency = l};
}

void insert(SQLite::Database& db, const std::string& key, const Latency& l) {
  SQLite::Statement into(db, "INSERT OR REPLACE INTO latency (key, " + value_columns() +
                                 ", checksum) VALUES (?, ?, ?, ?, ?, ?" + activity_columns(", ?") +
                                 ", ?)");
  int column = 1;
  const auto bind = [&](std::uint64_t value) {
    into.bind(column++, static_cast<std::int64_t>(value));
  };
  into.bind(column++, key);
  bind(l.cycles);
  bind(l.l3_wait);
  bind(l.operand_wait);
  into.bind(column++, l.error_bound);
  bind(l.instructions);
  for (const std::uint64_t cycles : l.accounting) bind(cycles);
  into.bind(column, checksum(key, l));
  into.exec();
}

void set_row_aside(SQLite::Database& db, const std::string& key) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  for (const char* sql : {"INSERT INTO damaged SELECT * FROM latency WHERE key = ?",
                          "DELETE FROM latency WHERE key = ?"}) {
    SQLite::Statement statement(db, sql);
    statement.bind(1, key);
    statement.exec();
  }
  transaction.commit();
}

}  // namespace freebits::profiler::store
