// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace freebits {

/// The tables of a TOML text. Throws Error, one line that begins "WHERE:LINE: ",
/// when it is not TOML 1.0 or is nested deeper than kMostDepth (document.hpp), dotted keys
/// included.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& where);

}  // namespace freebits
