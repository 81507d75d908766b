// SPDX-License-Identifier: Apache-2.0
// Where the operands of each format stand in the instruction word.
#include <array>
#include <cassert>

#include "tb/isa/decode.hpp"

namespace freebits::isa {
namespace {

/// `width` bits of the operand, from bit `value` on, stand at insn[insn + width - 1 : insn].
struct Piece {
  std::uint8_t insn = 0;
  std::uint8_t width = 0;
  std::uint8_t value = 0;
};

/// One operand: its pieces (unused ones have width 0) and, for Ld, the constant added to the bits.
struct Placement {
  FieldSpec spec;
  std::array<Piece, 4> pieces;
};

constexpr std::int32_t kNoOffset = 0;

constexpr Placement reg(Slot slot, std::uint8_t at) { return {{slot, 0, 31, 1}, {{{at, 5, 0}}}}; }
constexpr Placement uimm(Slot slot, std::uint8_t at, std::uint8_t width,
                         std::int32_t base = kNoOffset) {
  return {{slot, base, base + (1 << width) - 1, 1}, {{{at, width, 0}}}};
}
constexpr Placement simm(Slot slot, std::uint8_t at, std::uint8_t width) {
  return {{slot, -(1 << (width - 1)), (1 << (width - 1)) - 1, 1}, {{{at, width, 0}}}};
}

constexpr Placement kRd = reg(Slot::Rd, 7);
constexpr Placement kRs1 = reg(Slot::Rs1, 15);
constexpr Placement kRs2 = reg(Slot::Rs2, 20);
constexpr Placement kImmI = simm(Slot::Imm, 20, 12);
constexpr Placement kImmS = {{Slot::Imm, -2048, 2047, 1}, {{{7, 5, 0}, {25, 7, 5}}}};
constexpr Placement kImmB = {{Slot::Imm, -4096, 4094, 2},
                             {{{8, 4, 1}, {25, 6, 5}, {7, 1, 11}, {31, 1, 12}}}};
constexpr Placement kImmU = uimm(Slot::Imm, 12, 20);
constexpr Placement kImmJ = {{Slot::Imm, -(1 << 20), (1 << 20) - 2, 2},
                             {{{21, 10, 1}, {20, 1, 11}, {12, 8, 12}, {31, 1, 20}}}};
constexpr Placement kUimm12 = uimm(Slot::Imm, 20, 12);
constexpr Placement kIs3 = uimm(Slot::Imm, 25, 5);
constexpr Placement kSimm6 = {{Slot::Imm, -32, 31, 1}, {{{25, 1, 0}, {20, 5, 1}}}};
constexpr Placement kUimm6 = {{Slot::Imm, 0, 63, 1}, {{{25, 1, 0}, {20, 5, 1}}}};
constexpr Placement kLoop = uimm(Slot::Loop, 7, 1);
constexpr Placement kAct = uimm(Slot::Act, 15, 1);
constexpr Placement kWeight = uimm(Slot::Weight, 16, 2);

/// The operands of one format in the order of assembly text, and the plain FieldSpecs of fields().
struct Layout {
  std::array<Placement, 4> placements;
  std::array<FieldSpec, 4> specs;
  std::size_t count = 0;
};

template <typename... P>
constexpr Layout layout(const P&... placements) {
  return {{placements...}, {placements.spec...}, sizeof...(placements)};
}

constexpr Layout make_layout(Format format) {
  switch (format) {
    case Format::None:
      return layout();
    case Format::R:
      return layout(kRd, kRs1, kRs2);
    case Format::Unary:
      return layout(kRd, kRs1);
    case Format::I:
      return layout(kRd, kRs1, kImmI);
    case Format::Uimm5:
      return layout(kRd, kRs1, uimm(Slot::Imm, 20, 5));
    case Format::Jalr:
    case Format::Load:
      return layout(kRd, kImmI, kRs1);
    case Format::Store:
      return layout(kRs2, kImmS, kRs1);
    case Format::Branch:
      return layout(kRs1, kRs2, kImmB);
    case Format::Upper:
      return layout(kRd, kImmU);
    case Format::Jump:
      return layout(kRd, kImmJ);
    case Format::Csr:
      return layout(kRd, kUimm12, kRs1);
    case Format::CsrImm:
      return layout(kRd, kUimm12, uimm(Slot::Imm2, 15, 5));
    case Format::Fence:
      return layout(kUimm12, Placement{{Slot::Imm2, 0, 1023, 1}, {{{7, 5, 0}, {15, 5, 5}}}});
    case Format::LoadPostImm:
      return layout(kRd, kRs1, kImmI);
    case Format::LoadPostReg:
      return layout(kRd, kRs1, kRs2);
    case Format::LoadReg:
      return layout(kRd, kRs2, kRs1);
    case Format::StorePostImm:
      return layout(kRs2, kRs1, kImmS);
    case Format::StorePostReg:
      return layout(kRs2, kRs1, kRd);
    case Format::StoreReg:
      return layout(kRs2, kRd, kRs1);
    case Format::BitField:
      return layout(kRd, kRs1, kIs3, uimm(Slot::Imm2, 20, 5));
    case Format::BitReverse:
      return layout(kRd, kRs1, uimm(Slot::Imm, 25, 2), uimm(Slot::Imm2, 20, 5));
    case Format::RShift:
      return layout(kRd, kRs1, kRs2, kIs3);
    case Format::RLane:
      return layout(kRd, kRs1, kRs2, uimm(Slot::Imm, 27, 4));
    case Format::BranchImm:
      return layout(kRs1, simm(Slot::Imm2, 20, 5), kImmB);
    case Format::SimdSimm6:
      return layout(kRd, kRs1, kSimm6);
    case Format::SimdUimm6:
      return layout(kRd, kRs1, kUimm6);
    case Format::LoopImm:
      return layout(kLoop, kUimm12);
    case Format::LoopReg:
      return layout(kLoop, kRs1);
    case Format::LoopSetupImm:
      return layout(kLoop, kUimm12, uimm(Slot::Imm2, 15, 5));
    case Format::LoopSetupReg:
      return layout(kLoop, kRs1, kUimm12);
    case Format::MacLoadWeight:
      return layout(kRd, kAct, kWeight, uimm(Slot::Ld, 20, 2));
    case Format::MacLoadAct:
      return layout(kRd, kAct, kWeight, uimm(Slot::Ld, 20, 1, 4));
    case Format::MacLoadNone:
      return layout(kRd, kAct, kWeight);
  }
  return layout();
}

constexpr std::size_t kFormatCount = static_cast<std::size_t>(Format::MacLoadNone) + 1;

constexpr auto kLayouts = [] {
  std::array<Layout, kFormatCount> layouts{};
  for (std::size_t i = 0; i < kFormatCount; ++i) layouts[i] = make_layout(static_cast<Format>(i));
  return layouts;
}();

const Layout& layout_of(Format format) { return kLayouts[static_cast<std::size_t>(format)]; }

std::int32_t get(const Operands& operands, Slot slot) {
  switch (slot) {
    case Slot::Rd:
      return operands.rd;
    case Slot::Rs1:
      return operands.rs1;
    case Slot::Rs2:
      return operands.rs2;
    case Slot::Loop:
      return operands.loop;
    case Slot::Act:
      return operands.act;
    case Slot::Weight:
      return operands.weight;
    case Slot::Ld:
      return operands.ld;
    case Slot::Imm:
      return operands.imm;
    case Slot::Imm2:
      return operands.imm2;
  }
  return 0;
}

void set(Operands& operands, Slot slot, std::int32_t value) {
  const auto byte = static_cast<std::uint8_t>(value);
  switch (slot) {
    case Slot::Rd:
      operands.rd = byte;
      return;
    case Slot::Rs1:
      operands.rs1 = byte;
      return;
    case Slot::Rs2:
      operands.rs2 = byte;
      return;
    case Slot::Loop:
      operands.loop = byte;
      return;
    case Slot::Act:
      operands.act = byte;
      return;
    case Slot::Weight:
      operands.weight = byte;
      return;
    case Slot::Ld:
      operands.ld = byte;
      return;
    case Slot::Imm:
      operands.imm = value;
      return;
    case Slot::Imm2:
      operands.imm2 = value;
      return;
  }
}

constexpr std::uint32_t low_bits(unsigned width) { return (1u << width) - 1; }

std::uint32_t to_bits(const Placement& placement, std::int32_t value) {
  std::uint32_t bits = 0;
  for (const Piece& p : placement.pieces) {
    bits |= (static_cast<std::uint32_t>(value) >> p.value & low_bits(p.width)) << p.insn;
  }
  return bits;
}

std::int32_t from_bits(const Placement& placement, std::uint32_t insn) {
  std::uint32_t value = 0;
  unsigned width = 0;
  for (const Piece& p : placement.pieces) {
    value |= (insn >> p.insn & low_bits(p.width)) << p.value;
    if (p.width != 0 && p.value + p.width > width) width = p.value + p.width;
  }
  if (placement.spec.min >= 0) return static_cast<std::int32_t>(value) + placement.spec.min;
  const unsigned unused = 32 - width;
  return static_cast<std::int32_t>(value << unused) >> unused;
}

}  // namespace

std::span<const FieldSpec> fields(Format format) {
  const Layout& layout = layout_of(format);
  return {layout.specs.data(), layout.count};
}

std::uint32_t encode(const InsnSpec& spec, const Operands& operands) {
  const Layout& layout = layout_of(spec.format);
  std::uint32_t insn = spec.match;
  for (std::size_t i = 0; i < layout.count; ++i) {
    insn |= to_bits(layout.placements[i], get(operands, layout.placements[i].spec.slot));
  }
  return insn;
}

Operands extract_operands(const InsnSpec& spec, std::uint32_t insn) {
  const Layout& layout = layout_of(spec.format);
  Operands operands;
  for (std::size_t i = 0; i < layout.count; ++i) {
    const Placement& placement = layout.placements[i];
    set(operands, placement.spec.slot, from_bits(placement, insn));
  }
  if (spec.format == Format::MacLoadNone) operands.ld = 7;
  return operands;
}

}  // namespace freebits::isa
