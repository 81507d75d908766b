// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tb/isa/level.hpp"

namespace freebits::isa {

/// One CSR of docs/isa.md.
struct CsrSpec {
  std::uint16_t number = 0;
  std::string_view
      name;  ///< as assemblers know it; the fb... and CORE-V ones as the documentation does
  Level level = Level::Rv32imc;  ///< lowest level that has it
  std::uint32_t write_mask = 0;  ///< bits a csrw can change
  std::uint32_t reset = 0;

  /// number[11:10] = 11: a write is an illegal instruction.
  [[nodiscard]] constexpr bool read_only() const { return (number >> 10) == 3; }
};

/// All CSRs, by ascending number.
[[nodiscard]] std::span<const CsrSpec> csrs();

/// The CSR with this number, or null if `level` does not have it.
[[nodiscard]] const CsrSpec* find_csr(std::uint32_t number, Level level);

}  // namespace freebits::isa
