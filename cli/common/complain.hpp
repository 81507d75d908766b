// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace freebits::cli {

/// Says on standard error, in one line without control characters, why a command failed; its exit
/// code. Messages of ours stand as they are. Those of libraries do not
/// reach the user: what runs out is named, and what nobody foresaw is called a fault of the
/// program.
[[nodiscard]] int complain(const std::exception& error);

}  // namespace freebits::cli
