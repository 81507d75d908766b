// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "base/read.hpp"

namespace freebits {

/// Writes the parts, one after the other, under another name beside it, and renames when they are
/// on the disk: whatever happens, power cuts included, the file is complete, as it was, or not
/// there. Throws Error, naming it.
void write_atomically(const std::filesystem::path& file,
                      std::initializer_list<std::string_view> parts);

}  // namespace freebits
