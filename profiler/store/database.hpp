// SPDX-License-Identifier: Apache-2.0
// The file of a latency store.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>

#include "profiler/store/latency_store.hpp"

namespace freebits::profiler::store {

/// Opens the file, or makes it and its folder. What is there but is no latency store of this
/// version, or is damaged, is renamed and `say` gets a line. Throws std::exception when there can
/// be none.
[[nodiscard]] std::unique_ptr<SQLite::Database> open_or_set_aside(const std::filesystem::path& file,
                                                                  const LatencyStore::Say& say);

}  // namespace freebits::profiler::store
