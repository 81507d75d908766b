// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"

namespace freebits::cli {

/// A result that no page can be made of: one line that says at which key, and what would be right.
/// Throws Error unless `result` is a document of schema freebits.search, version 1, that has
/// everything the page needs. Members it does not know are left alone.
void check_result(const nlohmann::json& result);

/// A self-contained HTML page that shows a result of `freebits search`, finished or not. The page
/// loads nothing; it shows the member `date` where there is one. Throws Error as check_result
/// does.
[[nodiscard]] std::string report_page(const nlohmann::json& result);

}  // namespace freebits::cli
