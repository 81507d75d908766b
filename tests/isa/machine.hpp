// SPDX-License-Identifier: Apache-2.0
// A hart with 64 KiB of RAM, and a way to execute single instructions on it.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tb/isa/decode.hpp"
#include "tb/isa/hart.hpp"

namespace freebits::isa::test {

inline constexpr std::uint32_t kRam = 0x80000000;
inline constexpr std::uint32_t kRamSize = 0x10000;
inline constexpr std::uint32_t kData = kRam + 0x8000;  ///< tests keep data here, code below

/// The first row with this mnemonic, of this format if one is given.
inline const InsnSpec& find_row(std::string_view mnemonic, std::optional<Format> format = {}) {
  for (const InsnSpec& spec : instructions()) {
    if (spec.mnemonic == mnemonic && (!format || spec.format == *format)) return spec;
  }
  throw std::runtime_error("no instruction " + std::string(mnemonic));
}

inline std::uint32_t encode(std::string_view mnemonic, const Operands& operands,
                            std::optional<Format> format = {}) {
  return isa::encode(find_row(mnemonic, format), operands);
}

/// The memory map: one window of RAM, everything else faults.
class Ram : public Memory {
 public:
  Ram() { add_window({kRam, kRamSize, bytes_.data()}); }

  std::uint32_t word(std::uint32_t address) {
    std::uint32_t value = 0;
    if (!load(address, 4, value)) throw std::runtime_error("no RAM there");
    return value;
  }
  void set_word(std::uint32_t address, std::uint32_t value) {
    if (!store(address, 4, value)) throw std::runtime_error("no RAM there");
  }

 private:
  std::array<std::uint8_t, kRamSize> bytes_{};
};

class Machine {
 public:
  explicit Machine(Level level = Level::FlexV) : hart(ram, level, 0, kRam) {}

  /// Writes a program at the pc.
  void program(std::initializer_list<std::uint32_t> insns) {
    std::uint32_t at = hart.pc();
    for (const std::uint32_t insn : insns) {
      for (unsigned i = 0; i < insn_length(insn); ++i) {
        if (!ram.store(at++, 1, insn >> 8 * i & 0xff)) throw std::runtime_error("program too long");
      }
    }
    hart.invalidate_code();
  }

  /// Executes one instruction at the pc.
  Retired exec(std::uint32_t insn) {
    program({insn});
    return hart.step();
  }
  Retired exec(std::string_view mnemonic, const Operands& operands,
               std::optional<Format> format = {}) {
    return exec(encode(mnemonic, operands, format));
  }

  /// rd of an instruction with rs1 = a, rs2 = b and the old rd = d.
  std::uint32_t result(std::string_view mnemonic, std::uint32_t a, std::uint32_t b = 0,
                       std::uint32_t d = 0) {
    hart.set_reg(10, d);
    hart.set_reg(11, a);
    hart.set_reg(12, b);
    return exec(mnemonic, {.rd = 10, .rs1 = 11, .rs2 = 12}).rd_value;
  }

  /// rd of an instruction with rs1 = a and immediates.
  std::uint32_t result_imm(std::string_view mnemonic, std::uint32_t a, std::int32_t imm,
                           std::int32_t imm2 = 0, std::uint32_t d = 0) {
    hart.set_reg(10, d);
    hart.set_reg(11, a);
    return exec(mnemonic, {.rd = 10, .rs1 = 11, .imm = imm, .imm2 = imm2}).rd_value;
  }

  /// rd of an instruction with rs1 = a, rs2 = b, old rd = d and a shift amount.
  std::uint32_t result_shift(std::string_view mnemonic, std::uint32_t a, std::uint32_t b,
                             std::int32_t shift, std::uint32_t d = 0) {
    hart.set_reg(10, d);
    hart.set_reg(11, a);
    hart.set_reg(12, b);
    return exec(mnemonic, {.rd = 10, .rs1 = 11, .rs2 = 12, .imm = shift}).rd_value;
  }

  [[nodiscard]] std::uint32_t csr(std::uint32_t number) const {
    return hart.read_csr(number).value();
  }

  Ram ram;
  Hart hart;
};

}  // namespace freebits::isa::test
