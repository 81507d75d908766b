// SPDX-License-Identifier: Apache-2.0
// The file of a latency store.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>

#include "profiler/store/latency_store.hpp"

namespace freebits::profiler::store {

/// Opens the file, or creates it and its folder. A file that is damaged, or is no latency store of
/// this version, is renamed, and `say` gets a line of text. Throws std::exception if no file can be
/// created.
[[nodiscard]] std::unique_ptr<SQLite::Database> open_or_set_aside(const std::filesystem::path& file,
                                                                  const LatencyStore::Say& say);

}  // namespace freebits::profiler::store
