// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

namespace freebits::models {

/// All bytes of a file. Throws std::invalid_argument, naming it.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file);

/// Writes the parts, one after the other, under another name beside it, and renames when they are
/// on the disk: whatever happens, power cuts included, the file is complete, as it was, or not
/// there. Throws std::invalid_argument, naming it.
void write_atomically(const std::filesystem::path& file,
                      std::initializer_list<std::string_view> parts);

}  // namespace freebits::models
