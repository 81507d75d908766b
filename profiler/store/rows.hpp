// SPDX-License-Identifier: Apache-2.0
// The table `latency` of a latency store: one row per latency, each with a checksum.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <string>

#include "profiler/store/latency_store.hpp"

namespace freebits::profiler::store {

void create_rows(SQLite::Database& db);

struct Found {
  std::optional<Latency> latency;
  bool damaged = false;  ///< the row's checksum does not fit its key and values
};
[[nodiscard]] Found select(SQLite::Database& db, const std::string& key);
void insert(SQLite::Database& db, const std::string& key, const Latency& latency);

/// Moves a row from the table `latency` to the table `damaged`.
void set_row_aside(SQLite::Database& db, const std::string& key);

}  // namespace freebits::profiler::store
