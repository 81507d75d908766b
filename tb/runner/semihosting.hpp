// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "tb/isa/retired.hpp"

namespace freebits::tb {

/// The exit of RISC-V semihosting (RISC-V Semihosting, 0.4): an ebreak between two instructions
/// that do nothing, with SYS_EXIT or SYS_EXIT_EXTENDED in a0 and the reason in or at a1. Other
/// calls are left to the program's trap handler.
class Semihosting {
 public:
  /// `memory`: anything with read(), such as a SystemMemory or a Cluster; outlives it.
  explicit Semihosting(const auto& memory)
      : read_([&memory](std::uint32_t address) -> std::optional<std::uint32_t> {
          std::array<std::uint8_t, 4> b{};
          if (!memory.read(address, b)) return std::nullopt;
          return b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24;
        }) {}

  /// Sees every retired instruction of one core. The program's exit code, if this one exits.
  std::optional<std::uint32_t> retired(const isa::Retired& r);
  /// The same for a core whose registers are known: called for instructions that trap.
  [[nodiscard]] std::optional<std::uint32_t> trapped(const isa::Retired& r,
                                                     const std::array<std::uint32_t, 32>& x) const;

 private:
  /// The word at an address, or nothing where there is no memory.
  std::function<std::optional<std::uint32_t>(std::uint32_t)> read_;
  std::array<std::uint32_t, 32> x_{};
};

}  // namespace freebits::tb
