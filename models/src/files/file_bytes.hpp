// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace freebits::models {

/// All bytes of a file. Throws std::invalid_argument, naming it.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file);

/// Writes under another name beside it and renames: the file is complete, as it was, or not there.
/// Throws std::invalid_argument, naming it.
void write_atomically(const std::filesystem::path& file, std::string_view bytes);

}  // namespace freebits::models
