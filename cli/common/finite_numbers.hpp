// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace freebits::cli {

/// Every option of every command that takes a real number refuses what is none (nan), has no end
/// (inf, 1e999) or is beyond a float. What else it may be, each command checks.
void expect_finite_numbers(CLI::App& app);

}  // namespace freebits::cli
