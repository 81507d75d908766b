// SPDX-License-Identifier: Apache-2.0
// A decoded instruction and the type of the function that executes it.
#pragma once

#include <cstdint>

#include "tb/isa/decode.hpp"

namespace freebits::isa {

struct HartState;
struct Insn;

/// How an instruction ends: at the next one (hardware loops apply), at HartState::next_pc, or in
/// HartState::trap.
enum class Flow : std::uint8_t { Next, Jump, Trap };

using Execute = Flow (*)(HartState&, const Insn&);

/// An instruction ready to execute: operands taken apart, handler looked up.
struct Insn {
  static constexpr std::uint32_t kNoPc = 1;  ///< no instruction has an odd address

  Execute execute = nullptr;
  const InsnSpec* spec = nullptr;  ///< null: illegal instruction
  std::uint32_t pc = kNoPc;
  std::uint32_t raw = 0;  ///< as fetched, 16-bit ones zero-extended
  std::int32_t imm = 0;
  std::int16_t imm2 = 0;
  std::uint8_t rd = 0;
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  std::uint8_t length = 4;
  std::uint8_t loop = 0;
  std::uint8_t act = 0;
  std::uint8_t weight = 0;
  std::uint8_t ld = 0;
};

/// Decodes what was fetched at `pc`; an illegal instruction becomes one that raises the exception.
[[nodiscard]] Insn make_insn(std::uint32_t raw, std::uint32_t pc, Level level);

}  // namespace freebits::isa
