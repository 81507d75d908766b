// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace freebits::cli {

/// The page of `freebits report` about a result of `freebits search`; without a date of its own,
/// the file's. Throws Error, one line that names the file and the key, when no page can be made
/// of it.
[[nodiscard]] std::string report_page_of(const std::filesystem::path& file);

}  // namespace freebits::cli
