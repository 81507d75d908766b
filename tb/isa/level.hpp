// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace freebits::isa {

/// ISA levels of the core (rtl/README.md); each contains every level below it.
enum class Level : std::uint8_t { Rv32imc = 0, XpulpV2 = 1, XpulpNN = 2, Mixed = 3, FlexV = 4 };

inline constexpr std::array<std::string_view, 5> kLevelNames = {"rv32imc", "xpulpv2", "xpulpnn",
                                                                "mixed", "flexv"};

[[nodiscard]] constexpr std::string_view name(Level level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

/// The level called `text`, or nothing.
[[nodiscard]] constexpr std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) return static_cast<Level>(i);
  }
  return std::nullopt;
}

}  // namespace freebits::isa
