// SPDX-License-Identifier: Apache-2.0
// The table `claim` of a latency store: who is measuring what.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace freebits::profiler::store {

/// Claims of one open store. A claim names the process, and counts as long as that lives: nothing
/// has to be cleaned up after one that was killed.
class Claims {
 public:
  static void create(SQLite::Database& db);

  explicit Claims(SQLite::Database& db);
  /// Ends all of its own.
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  /// Whether the claim is its own now, for nobody else alive has it. Inside a transaction.
  [[nodiscard]] bool take(const std::string& key);
  /// Ends the claim, whoever has it.
  void end(const std::string& key);

 private:
  [[nodiscard]] bool others_claim(const std::string& key) const;

  SQLite::Database& db_;
  std::string owner_;
};

}  // namespace freebits::profiler::store
