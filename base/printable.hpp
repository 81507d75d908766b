// SPDX-License-Identifier: Apache-2.0
// Text from files on its way to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace freebits {

/// One line that a terminal shows as it is: control characters (C0, DEL, C1) and bytes that are not
/// UTF-8 become `\xNN`, a byte each; everything else stays.
[[nodiscard]] std::string printable(std::string_view text);

/// Throws Error, "WHAT: …", unless `name` is 1 to 255 bytes and printable as it is.
/// What reads a name from a file calls this, so that what prints names need not care.
void check_name(std::string_view what, std::string_view name);

}  // namespace freebits
