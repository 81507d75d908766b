// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace freebits::models {

/// Of a quantized tensor: activations are u8 … s2, weights s8, s4, s2.
enum class IntType : std::uint8_t { U8, U4, U2, S8, S4, S2 };

inline constexpr std::array<IntType, 6> kIntTypes = {IntType::U8, IntType::U4, IntType::U2,
                                                     IntType::S8, IntType::S4, IntType::S2};
inline constexpr std::array<std::string_view, 6> kIntTypeNames = {"u8", "u4", "u2",
                                                                  "s8", "s4", "s2"};

[[nodiscard]] constexpr unsigned bits(IntType type) {
  return 8U >> (static_cast<unsigned>(type) % 3);
}
[[nodiscard]] constexpr bool is_signed(IntType type) { return type >= IntType::S8; }
[[nodiscard]] constexpr std::int32_t lowest(IntType type) {
  return is_signed(type) ? -(1 << (bits(type) - 1)) : 0;
}
[[nodiscard]] constexpr std::int32_t highest(IntType type) {
  return (1 << (bits(type) - (is_signed(type) ? 1 : 0))) - 1;
}
/// Of the absolute values.
[[nodiscard]] constexpr std::int32_t largest(IntType type) {
  return is_signed(type) ? -lowest(type) : highest(type);
}
[[nodiscard]] constexpr std::string_view name(IntType type) {
  return kIntTypeNames[static_cast<std::size_t>(type)];
}
[[nodiscard]] constexpr std::optional<IntType> parse_int_type(std::string_view text) {
  for (const IntType type : kIntTypes) {
    if (name(type) == text) return type;
  }
  return std::nullopt;
}

}  // namespace freebits::models
