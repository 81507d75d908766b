// SPDX-License-Identifier: Apache-2.0
// Forms of 16-bit instructions (RISC-V Unprivileged ISA, chapter "C": quadrant and funct3).
#include "rows.hpp"

namespace freebits::random {
namespace {

unsigned form_named(std::string_view name) {
  for (unsigned i = 0; i < kCompressedNames.size(); ++i) {
    if (kCompressedNames[i] == name) return i;
  }
  return 0;
}

std::string_view quadrant0(unsigned funct3) {
  return funct3 == 0 ? "c.addi4spn" : funct3 == 2 ? "c.lw" : "c.sw";
}

std::string_view quadrant1(unsigned insn, unsigned funct3) {
  static constexpr std::string_view kShift[] = {"c.srli", "c.srai", "c.andi"};
  static constexpr std::string_view kRegister[] = {"c.sub", "c.xor", "c.or", "c.and"};
  const unsigned rd = insn >> 7 & 31;
  switch (funct3) {
    case 0:
      return insn == 1 ? "c.nop" : "c.addi";
    case 1:
      return "c.jal";
    case 2:
      return "c.li";
    case 3:
      return rd == 2 ? "c.addi16sp" : "c.lui";
    case 4:
      return (insn >> 10 & 3) == 3 ? kRegister[insn >> 5 & 3] : kShift[insn >> 10 & 3];
    case 5:
      return "c.j";
    case 6:
      return "c.beqz";
    default:
      return "c.bnez";
  }
}

std::string_view quadrant2(unsigned insn, unsigned funct3) {
  const bool bit12 = (insn >> 12 & 1) != 0;
  const bool no_rs2 = (insn >> 2 & 31) == 0;
  if (funct3 == 0) return "c.slli";
  if (funct3 == 2) return "c.lwsp";
  if (funct3 == 6) return "c.swsp";
  if (!no_rs2) return bit12 ? "c.add" : "c.mv";
  if (!bit12) return "c.jr";
  return (insn >> 7 & 31) == 0 ? "c.ebreak" : "c.jalr";
}

struct Encodings {
  std::array<std::vector<std::uint16_t>, kCompressedNames.size()> legal;
  std::vector<std::uint16_t> illegal;
};

const Encodings& encodings() {
  static const Encodings all = [] {
    Encodings result;
    for (std::uint32_t insn = 0; insn < 0x10000; ++insn) {
      const auto half = static_cast<std::uint16_t>(insn);
      if ((insn & 3) == 3) continue;
      if (const auto form = compressed_form(half)) {
        result.legal[*form].push_back(half);
      } else {
        result.illegal.push_back(half);
      }
    }
    return result;
  }();
  return all;
}

}  // namespace

std::optional<unsigned> compressed_form(std::uint16_t insn) {
  if ((insn & 3) == 3 || !isa::expand_compressed(insn)) return std::nullopt;
  const unsigned funct3 = insn >> 13;
  switch (insn & 3) {
    case 0:
      return form_named(quadrant0(funct3));
    case 1:
      return form_named(quadrant1(insn, funct3));
    default:
      return form_named(quadrant2(insn, funct3));
  }
}

std::span<const std::uint16_t> compressed_encodings(unsigned form) {
  return encodings().legal[form];
}

std::span<const std::uint16_t> compressed_illegal() { return encodings().illegal; }

}  // namespace freebits::random
