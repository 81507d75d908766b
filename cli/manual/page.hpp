// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/common/command_tree.hpp"

namespace freebits::cli {

/// "freebits-bench-kernels"
[[nodiscard]] std::string page_name(const CommandText& command);

/// The manual page of a command in the language of man(7), section 1.
[[nodiscard]] std::string manual_page(const CommandText& program, const CommandText& command);

}  // namespace freebits::cli
