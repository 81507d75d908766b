// SPDX-License-Identifier: Apache-2.0
// Names and descriptions of search methods, for results and their pages.
#pragma once

#include <nlohmann/json.hpp>

namespace freebits::cli {

/// Member `methods` of a result: `name`, `description` and `baseline` of every method there is, in
/// the order in which the page gives them markers and colours.
[[nodiscard]] nlohmann::ordered_json methods_json();

/// Gives a result that an earlier version wrote the member `methods`, and its candidates the names
/// that methods have today. Leaves alone what is no result: check_result() refuses that.
void bring_up_to_date(nlohmann::json& result);

}  // namespace freebits::cli
