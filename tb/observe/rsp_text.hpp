// SPDX-License-Identifier: Apache-2.0
// Parts of the packets of gdb's remote protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace freebits::tb {

/// Bytes as hexadecimal digits, and back (nothing if the text is not hexadecimal).
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);

/// A register: eight digits, the lowest byte first; the second takes one from the front of `text`.
[[nodiscard]] std::string register_text(std::uint32_t value);
[[nodiscard]] std::optional<std::uint32_t> take_register(std::string_view& text);

/// Takes a hexadecimal number from the front of `text`.
[[nodiscard]] std::optional<std::uint32_t> take_number(std::string_view& text);
/// Takes `prefix`, if it is there.
[[nodiscard]] bool take(std::string_view& text, std::string_view prefix);

/// gdb's own description of a 32-bit RISC-V register file: x0 … x31, pc. No operating system: gdb
/// leaves single steps to us.
[[nodiscard]] std::string target_description();

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] int hex_digit(char c);

}  // namespace freebits::tb
