// SPDX-License-Identifier: Apache-2.0
// 16-bit instructions, chosen among all encodings of a form.
#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {

using isa::InsnSpec;

namespace {

bool reserved(std::uint8_t reg) { return (kReserved >> reg & 1) != 0; }

/// Sets up what the instruction needs and appends it; false if this encoding cannot be used here.
bool try_encoding(Builder& b, std::uint16_t half) {
  const std::uint32_t word = expand_fetched(half);
  const InsnSpec& spec = *isa::decode(word, isa::Level::Rv32imc);
  const isa::Operands operands = isa::extract_operands(spec, word);
  const Unit unit = unit_of(spec);
  if (spec.has(isa::kWritesRd) && reserved(operands.rd)) return false;
  const bool indirect = spec.format == isa::Format::Jalr;
  const bool memory = unit == Unit::Load || unit == Unit::Store;
  if ((indirect || memory) && (reserved(operands.rs1) || operands.rs1 == 0)) return false;

  b.begin(kCompressedNames[*compressed_form(half)].data());
  Piece piece = raw_half(half);
  if (indirect) b.set(operands.rs1, Need{.target = b.ahead(2)});
  if (memory) {
    const std::uint32_t remainder = b.rng().chance(70) ? 0 : b.rng().below(4);
    const Outcome outcome = !b.user() && b.rng().chance(15) ? Outcome::Fault : Outcome::Ok;
    const std::uint32_t address = pick_address(b, spec, remainder, outcome);
    b.set(operands.rs1, address - static_cast<std::uint32_t>(operands.imm));
  }
  if (unit == Unit::Branch || spec.op == isa::Op::Jal) {
    piece.reloc = unit == Unit::Branch ? Reloc::CompressedBranch : Reloc::CompressedJump;
    piece.target = b.ahead();
  }
  b.add(piece);
  return true;
}

}  // namespace

void generate_compressed(Builder& b, const Goal& goal) {
  while (!try_encoding(b, b.rng().pick(compressed_encodings(goal.a)))) {
  }
}

}  // namespace freebits::random
