// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace freebits::cli {

/// Says on standard error, in one line without control characters, why a command failed, and
/// returns its exit code. The message of an Error is printed as it is. Messages of libraries are
/// not shown: an exhausted resource is named, and anything unforeseen is called a fault of the
/// program.
[[nodiscard]] int complain(const std::exception& error);

}  // namespace freebits::cli
