// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits {
namespace {

constexpr std::size_t kLongestName = 255;

/// Bytes of the character that `text` begins with; 0 when those are not UTF-8 (RFC 3629).
std::size_t character(std::string_view text, std::uint32_t& code) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // by length
  const auto first = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc0 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf8 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  code = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if (next >> 6 != 2) return 0;
    code = code << 6 | (next & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < kLeast[length] || code > 0x10ffff || surrogate ? 0 : length;
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = character(text, code);
    const std::string_view bytes = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(code)) {
      for (const char byte : bytes)
        shown += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(byte));
    } else {
      shown += bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return shown;
}

void check_name(std::string_view what, std::string_view name) {
  if (!name.empty() && name.size() <= kLongestName && printable(name) == name) return;
  constexpr std::size_t kShown = 40;
  throw Error(fmt::format(
      "{}: the name '{}'{}, expected 1 to {} bytes of UTF-8 without control characters", what,
      printable(name.substr(0, kShown)), name.size() > kShown ? " …" : "", kLongestName));
}

}  // namespace freebits
