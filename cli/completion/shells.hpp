// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/common/command_tree.hpp"

namespace freebits::cli {

// Each is a script for its shell that completes commands, options and values of freebits.
[[nodiscard]] std::string bash_completion(const CommandText& program);
[[nodiscard]] std::string zsh_completion(const CommandText& program);
[[nodiscard]] std::string fish_completion(const CommandText& program);

}  // namespace freebits::cli
