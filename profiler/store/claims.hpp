// SPDX-License-Identifier: Apache-2.0
// The table `claim` of a latency store: which process is measuring what.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace freebits::profiler::store {

/// Claims of one open store. A claim names its process, and is valid as long as that lives, so that
/// nothing has to be cleaned up after a killed process.
class Claims {
 public:
  static void create(SQLite::Database& db);

  explicit Claims(SQLite::Database& db);
  /// Ends all claims of this store.
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  /// Claims, and returns true, unless another living process has the claim. Inside a transaction.
  [[nodiscard]] bool take(const std::string& key);
  /// Ends the claim of any process.
  void end(const std::string& key);

 private:
  [[nodiscard]] bool others_claim(const std::string& key) const;

  SQLite::Database& db_;
  std::string owner_;
};

}  // namespace freebits::profiler::store
