// SPDX-License-Identifier: Apache-2.0
// The groups of coverage bins. Every factory names its bins and returns what counts their hits.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "coverage.hpp"
#include "goals.hpp"
#include "rows.hpp"

namespace freebits::random {

/// One retired instruction with what coverage wants to know about it.
struct Event {
  const isa::Retired* retired = nullptr;
  const isa::Hart* model = nullptr;     ///< after the instruction
  const isa::InsnSpec* spec = nullptr;  ///< null: illegal at this level
  isa::Operands operands;
  std::array<std::uint32_t, 3> sources{};  ///< values of rs1, rs2, rd before
  std::optional<unsigned> form;            ///< 16-bit form
  std::optional<Unit> unit;
  std::uint32_t cause = 0;                 ///< mcause, if it trapped
  std::optional<std::uint32_t> interrupt;  ///< taken before this instruction
  bool stalled_bus = false;

  [[nodiscard]] std::uint32_t length() const { return isa::insn_length(retired->insn); }
  /// Executed, or tried to access memory: its operands were read.
  [[nodiscard]] bool operands_read() const {
    return spec != nullptr && (!retired->trap || cause == 5 || cause == 7);
  }
};

using Points = std::vector<std::unique_ptr<CoverPoint>>;

// cover_instructions.cpp
std::unique_ptr<CoverPoint> cover_rows(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_values(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_immediates(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_compressed(Bins& bins);
std::unique_ptr<CoverPoint> cover_registers(Bins& bins, isa::Level level);
// cover_hazards.cpp
std::unique_ptr<CoverPoint> cover_hazards(Bins& bins, isa::Level level);
// cover_memory.cpp
std::unique_ptr<CoverPoint> cover_accesses(Bins& bins, isa::Level level);
// cover_system.cpp
std::unique_ptr<CoverPoint> cover_traps(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_csrs(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_interrupts(Bins& bins, isa::Level level);
// cover_flow.cpp
std::unique_ptr<CoverPoint> cover_branches(Bins& bins, isa::Level level);
std::unique_ptr<CoverPoint> cover_loops(Bins& bins, isa::Level level);
// cover_requant.cpp
std::unique_ptr<CoverPoint> cover_requant(Bins& bins);
// cover_mixed.cpp
std::unique_ptr<CoverPoint> cover_mixed(Bins& bins, isa::Level level);

}  // namespace freebits::random
