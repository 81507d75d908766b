// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace freebits::cli {

/// The page of `freebits report` about a result of `freebits search`; without a date of its own,
/// the file's. `update` may change what was read, whatever it is, before it is checked. Throws
/// Error, one line that names the file and the key, when no page can be made of it.
[[nodiscard]] std::string report_page_of(const std::filesystem::path& file,
                                         const std::function<void(nlohmann::json&)>& update = {});

}  // namespace freebits::cli
