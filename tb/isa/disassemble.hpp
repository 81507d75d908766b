// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace freebits::isa {

/// Assembly text of one instruction at `pc`, 16-bit ones zero-extended: ABI register names, aliases
/// and immediates as llvm-objdump 19 prints them ("beqz a0, 0x80000010", "cv.lw a0, (a1), 0x4"),
/// one space after the mnemonic. Words that are no instruction of any level print as "<unknown>".
[[nodiscard]] std::string disassemble(std::uint32_t insn, std::uint32_t pc);

/// ABI name of register x`index` ("zero", "ra" ...).
[[nodiscard]] const char* register_name(unsigned index);

}  // namespace freebits::isa
