// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace freebits {

/// More than any document of ours; less than what would hurt.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

/// All bytes of a file, a pipe or a device; no more memory than `most` and a little is taken,
/// whatever it gives. Throws Error, one line that begins with its name, when it
/// cannot be read or has more.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file,
                                     std::uint64_t most = kMostBytes);

/// Its first bytes, `most` or as many as there are. Throws like read_bytes().
[[nodiscard]] std::string read_head(const std::filesystem::path& file, std::size_t most);

}  // namespace freebits
