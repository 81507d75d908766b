// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tb/isa/decode.hpp"
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
inline std::uint32_t bne(std::uint8_t rs1, std::uint8_t rs2, std::int32_t offset) {
  return word("bne", {.rs1 = rs1, .rs2 = rs2, .imm = offset});
}
inline std::uint32_t csrrw(std::uint8_t rd, std::int32_t csr, std::uint8_t rs1) {
  return word("csrrw", {.rd = rd, .rs1 = rs1, .imm = csr});
}
inline constexpr std::uint32_t kEcall = 0x00000073;
inline constexpr std::uint32_t kMret = 0x30200073;
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

/// The words that exit with `code` (x10 holds the page of tohost).
inline std::vector<std::uint32_t> exit_words(std::int32_t code) {
  return {addi(11, 0, code * 2 + 1), addi(12, 10, 0x7ff), sw(11, 12, 1), sw(0, 12, 5),
          kLoopForever};
}

/// A program of these words that exits with `code` after them.
inline TinyElf program_that_exits(std::vector<std::uint32_t> words, std::int32_t code) {
  const auto end = exit_words(code);
  words.insert(words.end(), end.begin(), end.end());
  return program(words);
}

/// The same in a cluster's L2, where every core runs it.
inline TinyElf in_l2(TinyElf elf) {
  elf.address = 0x1c000000;
  elf.words[0] = lui(10, 0x1c000);
  for (auto& [name, value] : elf.symbols) value = value - 0x80000000 + 0x1c000000;
  return elf;
}

/// A program that exits with `code`.
inline TinyElf exits_with(std::int32_t code) { return program_that_exits({}, code); }

}  // namespace freebits::test
