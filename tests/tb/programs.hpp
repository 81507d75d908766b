// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "freebits/isa/decode.hpp"
#include "tiny_elf.hpp"

namespace freebits::test {

/// The word of the first instruction with this mnemonic.
inline std::uint32_t word(std::string_view mnemonic, const isa::Operands& operands) {
  for (const isa::InsnSpec& spec : isa::instructions()) {
    if (spec.mnemonic == mnemonic) return isa::encode(spec, operands);
  }
  throw std::logic_error("no instruction " + std::string(mnemonic));
}

inline std::uint32_t lui(std::uint8_t rd, std::uint32_t upper) {
  return word("lui", {.rd = rd, .imm = static_cast<std::int32_t>(upper)});
}
inline std::uint32_t addi(std::uint8_t rd, std::uint8_t rs1, std::int32_t imm) {
  return word("addi", {.rd = rd, .rs1 = rs1, .imm = imm});
}
inline std::uint32_t sw(std::uint8_t rs2, std::uint8_t base, std::int32_t offset) {
  return word("sw", {.rs1 = base, .rs2 = rs2, .imm = offset});
}
inline std::uint32_t lw(std::uint8_t rd, std::uint8_t base, std::int32_t offset) {
  return word("lw", {.rd = rd, .rs1 = base, .imm = offset});
}
inline constexpr std::uint32_t kLoopForever = 0x0000006f;

inline constexpr std::uint32_t kToHost = 0x80000800;

/// A program of these words with `tohost` at kToHost; x10 holds the page of tohost (0x80000000).
inline TinyElf program(std::vector<std::uint32_t> words) {
  TinyElf elf;
  elf.words = {lui(10, 0x80000)};
  elf.words.insert(elf.words.end(), words.begin(), words.end());
  elf.symbols = {{"tohost", kToHost}, {"fromhost", kToHost + 64}};
  elf.memory_size = 0x2000;
  return elf;
}

/// A program that exits with `code`.
inline TinyElf exits_with(std::int32_t code) {
  return program(
      {addi(11, 0, code * 2 + 1), addi(12, 10, 0x7ff), sw(11, 12, 1), sw(0, 12, 5), kLoopForever});
}

}  // namespace freebits::test
