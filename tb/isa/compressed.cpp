// SPDX-License-Identifier: Apache-2.0
// Expansion of RV32C (RISC-V Unprivileged ISA, chapter "C").
#include "tb/isa/decode.hpp"

namespace freebits::isa {
namespace {

using Expanded = std::optional<std::uint32_t>;

/// The bits of one compressed instruction and the fields its formats share.
struct Half {
  std::uint32_t bits;

  [[nodiscard]] std::uint32_t at(unsigned low, unsigned width) const {
    return bits >> low & ((1u << width) - 1);
  }
  [[nodiscard]] std::uint32_t funct3() const { return at(13, 3); }
  [[nodiscard]] std::uint32_t rd() const { return at(7, 5); }
  [[nodiscard]] std::uint32_t rs2() const { return at(2, 5); }
  [[nodiscard]] std::uint32_t rs1_short() const { return at(7, 3) + 8; }
  [[nodiscard]] std::uint32_t rs2_short() const { return at(2, 3) + 8; }

  /// CI immediate, imm[5] = bit 12, imm[4:0] = bits 6:2.
  [[nodiscard]] std::uint32_t uimm6() const { return at(12, 1) << 5 | at(2, 5); }
  [[nodiscard]] std::uint32_t simm6() const { return sign_extend(uimm6(), 6); }

  static std::uint32_t sign_extend(std::uint32_t value, unsigned width) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(value << (32 - width)) >>
                                      (32 - width));
  }
};

std::uint32_t i_type(std::uint32_t opcode, std::uint32_t funct3, std::uint32_t rd,
                     std::uint32_t rs1, std::uint32_t imm) {
  return imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

std::uint32_t addi(std::uint32_t rd, std::uint32_t rs1, std::uint32_t imm) {
  return i_type(0x13, 0, rd, rs1, imm);
}

std::uint32_t r_type(std::uint32_t funct7, std::uint32_t funct3, std::uint32_t rd,
                     std::uint32_t rs1, std::uint32_t rs2) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33;
}

std::uint32_t lw(std::uint32_t rd, std::uint32_t rs1, std::uint32_t imm) {
  return i_type(0x03, 2, rd, rs1, imm);
}

std::uint32_t sw(std::uint32_t rs2, std::uint32_t rs1, std::uint32_t imm) {
  return imm >> 5 << 25 | rs2 << 20 | rs1 << 15 | 2 << 12 | (imm & 0x1f) << 7 | 0x23;
}

std::uint32_t jalr(std::uint32_t rd, std::uint32_t rs1) { return i_type(0x67, 0, rd, rs1, 0); }

std::uint32_t jal(std::uint32_t rd, Half h) {
  // offset[11|4|9:8|10|6|7|3:1|5] = bits 12:2
  const std::uint32_t imm =
      Half::sign_extend(h.at(12, 1) << 11 | h.at(11, 1) << 4 | h.at(9, 2) << 8 | h.at(8, 1) << 10 |
                            h.at(7, 1) << 6 | h.at(6, 1) << 7 | h.at(3, 3) << 1 | h.at(2, 1) << 5,
                        12);
  return (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3ff) << 21 | (imm >> 11 & 1) << 20 |
         (imm >> 12 & 0xff) << 12 | rd << 7 | 0x6f;
}

std::uint32_t branch(std::uint32_t funct3, Half h) {
  // offset[8|4:3] = bits 12:10, offset[7:6|2:1|5] = bits 6:2
  const std::uint32_t imm = Half::sign_extend(
      h.at(12, 1) << 8 | h.at(10, 2) << 3 | h.at(5, 2) << 6 | h.at(3, 2) << 1 | h.at(2, 1) << 5, 9);
  return (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3f) << 25 | h.rs1_short() << 15 | funct3 << 12 |
         (imm >> 1 & 0xf) << 8 | (imm >> 11 & 1) << 7 | 0x63;
}

// c.lw, c.sw: uimm[5:3] = bits 12:10, uimm[2|6] = bits 6:5
std::uint32_t word_offset(Half h) { return h.at(10, 3) << 3 | h.at(6, 1) << 2 | h.at(5, 1) << 6; }

Expanded quadrant0(Half h) {
  switch (h.funct3()) {
    case 0: {  // c.addi4spn: nzuimm[5:4|9:6|2|3] = bits 12:5
      const std::uint32_t imm =
          h.at(11, 2) << 4 | h.at(7, 4) << 6 | h.at(6, 1) << 2 | h.at(5, 1) << 3;
      if (imm == 0) return std::nullopt;
      return addi(h.rs2_short(), 2, imm);
    }
    case 2:
      return lw(h.rs2_short(), h.rs1_short(), word_offset(h));
    case 6:
      return sw(h.rs2_short(), h.rs1_short(), word_offset(h));
    default:
      return std::nullopt;
  }
}

// c.addi16sp and c.lui
Expanded upper_or_stack(Half h) {
  if (h.uimm6() == 0) return std::nullopt;
  if (h.rd() == 2) {  // nzimm[9] = bit 12, nzimm[4|6|8:7|5] = bits 6:2
    const std::uint32_t imm = Half::sign_extend(
        h.at(12, 1) << 9 | h.at(6, 1) << 4 | h.at(5, 1) << 6 | h.at(3, 2) << 7 | h.at(2, 1) << 5,
        10);
    return addi(2, 2, imm);
  }
  return h.simm6() << 12 | h.rd() << 7 | 0x37;
}

// c.srli, c.srai, c.andi, c.sub, c.xor, c.or, c.and
Expanded arithmetic(Half h) {
  const std::uint32_t rd = h.rs1_short();
  switch (h.at(10, 2)) {
    case 0:
    case 1:
      if (h.at(12, 1) != 0) return std::nullopt;
      return i_type(0x13, 5, rd, rd, h.at(2, 5) | h.at(10, 1) << 10);
    case 2:
      return i_type(0x13, 7, rd, rd, h.simm6());
    default:
      break;
  }
  if (h.at(12, 1) != 0) return std::nullopt;
  switch (h.at(5, 2)) {
    case 0:
      return r_type(0x20, 0, rd, rd, h.rs2_short());
    case 1:
      return r_type(0, 4, rd, rd, h.rs2_short());
    case 2:
      return r_type(0, 6, rd, rd, h.rs2_short());
    default:
      return r_type(0, 7, rd, rd, h.rs2_short());
  }
}

Expanded quadrant1(Half h) {
  switch (h.funct3()) {
    case 0:
      return addi(h.rd(), h.rd(), h.simm6());
    case 1:
      return jal(1, h);
    case 2:
      return addi(h.rd(), 0, h.simm6());
    case 3:
      return upper_or_stack(h);
    case 4:
      return arithmetic(h);
    case 5:
      return jal(0, h);
    case 6:
      return branch(0, h);
    default:
      return branch(1, h);
  }
}

// c.jr, c.mv, c.ebreak, c.jalr, c.add
Expanded jump_or_move(Half h) {
  const bool high = h.at(12, 1) != 0;
  if (h.rs2() != 0) return r_type(0, 0, h.rd(), high ? h.rd() : 0, h.rs2());
  if (h.rd() != 0) return jalr(high ? 1 : 0, h.rd());
  return high ? Expanded(0x00100073) : std::nullopt;
}

Expanded quadrant2(Half h) {
  switch (h.funct3()) {
    case 0:
      if (h.at(12, 1) != 0) return std::nullopt;
      return i_type(0x13, 1, h.rd(), h.rd(), h.at(2, 5));
    case 2:  // c.lwsp: uimm[5] = bit 12, uimm[4:2|7:6] = bits 6:2
      if (h.rd() == 0) return std::nullopt;
      return lw(h.rd(), 2, h.at(12, 1) << 5 | h.at(4, 3) << 2 | h.at(2, 2) << 6);
    case 4:
      return jump_or_move(h);
    case 6:  // c.swsp: uimm[5:2|7:6] = bits 12:7
      return sw(h.rs2(), 2, h.at(9, 4) << 2 | h.at(7, 2) << 6);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::uint32_t> expand_compressed(std::uint16_t insn) {
  const Half h{insn};
  switch (insn & 3) {
    case 0:
      return quadrant0(h);
    case 1:
      return quadrant1(h);
    case 2:
      return quadrant2(h);
    default:
      return std::nullopt;
  }
}

}  // namespace freebits::isa
