// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/file_lock.hpp"

namespace freebits::cli {

/// Keeps others from writing `output` until it goes. Throws Error, naming the other process,
/// when one writes it already, and when the folder cannot be written to. `option`: names another
/// output, for the message.
[[nodiscard]] FileLock lock_output(const std::filesystem::path& output, const char* option);

}  // namespace freebits::cli
