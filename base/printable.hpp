// SPDX-License-Identifier: Apache-2.0
// Text from files on its way to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace freebits {

/// The text as one line that is safe on a terminal: each byte of a control character (C0, DEL, C1)
/// and each byte that is not UTF-8 becomes `\xNN`; everything else stays.
[[nodiscard]] std::string printable(std::string_view text);

/// Throws Error, "WHAT: …", unless `name` has 1 to 255 bytes and is printable as it is. Code that
/// reads names from files calls this, so that code that prints names need not check them.
void check_name(std::string_view what, std::string_view name);

}  // namespace freebits
