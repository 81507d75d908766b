// SPDX-License-Identifier: Apache-2.0
// Files as bytes; errors name the file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace freebits::search {

/// Replaces `bytes`; its memory is used again. Throws Error.
void read_file(const std::filesystem::path& path, std::vector<std::uint8_t>& bytes);

/// First and last bytes, zeros where the file is shorter.
struct FileEnds {
  std::uint64_t size = 0;
  std::array<std::uint8_t, 8> head{};
  std::array<std::uint8_t, 12> tail{};
};
[[nodiscard]] FileEnds read_ends(const std::filesystem::path& path);

/// Throws Error unless it is a folder.
void expect_folder(const std::filesystem::path& path);

}  // namespace freebits::search
