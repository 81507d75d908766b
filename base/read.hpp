// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace freebits {

/// Maximum size of a file: more than any document needs, less than what exhausts memory.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

/// All bytes of a file, a pipe or a device. Never takes much more memory than `most`, even if a
/// device has no end. Throws Error, one line that begins with the name, if the file cannot be read
/// or has more than `most` bytes.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file,
                                     std::uint64_t most = kMostBytes);

/// The first `most` bytes of a file, or all if it has fewer. Throws like read_bytes().
[[nodiscard]] std::string read_head(const std::filesystem::path& file, std::size_t most);

}  // namespace freebits
