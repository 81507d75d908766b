// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "base/read.hpp"

namespace freebits {

/// Writes the parts, one after the other, to another name in the same folder, and renames it when
/// they are on the disk. After a failure, even a power cut, the file is as it was before. Throws
/// Error, naming the file.
void write_atomically(const std::filesystem::path& file,
                      std::initializer_list<std::string_view> parts);

}  // namespace freebits
