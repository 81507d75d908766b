// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <map>
#include <stdexcept>

namespace freebits::random {

using isa::Format;
using isa::InsnSpec;
using isa::Op;

namespace {

constexpr std::array<std::string_view, 33> kFormatNames = {
    "None",          "R",          "Unary",       "I",           "Uimm5",        "Jalr",
    "Load",          "Store",      "Branch",      "Upper",       "Jump",         "Csr",
    "CsrImm",        "Fence",      "LoadPostImm", "LoadPostReg", "LoadReg",      "StorePostImm",
    "StorePostReg",  "StoreReg",   "BitField",    "BitReverse",  "RShift",       "BranchImm",
    "SimdSimm6",     "SimdUimm6",  "LoopImm",     "LoopReg",     "LoopSetupImm", "LoopSetupReg",
    "MacLoadWeight", "MacLoadAct", "MacLoadNone"};

bool between(Op op, Op first, Op last) { return op >= first && op <= last; }

}  // namespace

Unit unit_of(const InsnSpec& spec) {
  if (spec.has(isa::kMacLoad)) return Unit::MacLoad;
  if (spec.has(isa::kLoad)) return Unit::Load;
  if (spec.has(isa::kStore)) return Unit::Store;
  if (spec.has(isa::kBranch)) return Unit::Branch;
  if (spec.has(isa::kJump)) return Unit::Jump;
  if (spec.has(isa::kCsr)) return Unit::Csr;
  if (spec.has(isa::kHwLoop)) return Unit::HwLoop;
  if (spec.has(isa::kSystem)) return Unit::System;
  if (between(spec.op, Op::Mulh, Op::Mulhu)) return Unit::Mulh;
  if (between(spec.op, Op::Div, Op::Remu)) return Unit::Div;
  if (spec.op == Op::Mul || between(spec.op, Op::CvMac, Op::CvMachhsrn)) return Unit::Mul;
  if (spec.op == Op::FbScale) return Unit::Mul;
  if (between(spec.op, Op::SimdDotup, Op::SimdSdotsp)) return Unit::Dotp;
  if (between(spec.op, Op::MixedDotup, Op::MixedSdotsp)) return Unit::Dotp;
  return Unit::Alu;
}

bool exists_at(Producer producer, isa::Level level) {
  if (producer == Producer::Dotp || producer == Producer::PostIncrement) {
    return level >= isa::Level::XpulpV2;
  }
  return producer != Producer::MacLoad || level >= isa::Level::FlexV;
}

std::optional<Producer> producer_of(Unit unit) {
  switch (unit) {
    case Unit::Alu:
      return Producer::Alu;
    case Unit::Mul:
      return Producer::Mul;
    case Unit::Mulh:
      return Producer::Mulh;
    case Unit::Div:
      return Producer::Div;
    case Unit::Dotp:
      return Producer::Dotp;
    case Unit::Load:
      return Producer::Load;
    case Unit::Csr:
      return Producer::Csr;
    case Unit::Jump:
      return Producer::Link;
    case Unit::MacLoad:
      return Producer::MacLoad;
    case Unit::Store:
    case Unit::Branch:
    case Unit::HwLoop:
    case Unit::System:
      return std::nullopt;
  }
  return std::nullopt;
}

bool reads(const InsnSpec& spec, Position position) {
  switch (position) {
    case Position::Rs1:
      return spec.has(isa::kReadsRs1);
    case Position::Rs2:
      return spec.has(isa::kReadsRs2);
    case Position::Rd:
      return spec.has(isa::kReadsRd);
  }
  return false;
}

std::uint8_t source(const isa::Operands& operands, Position position) {
  return position == Position::Rs1   ? operands.rs1
         : position == Position::Rs2 ? operands.rs2
                                     : operands.rd;
}

void set_source(isa::Operands& operands, Position position, std::uint8_t reg) {
  (position == Position::Rs1   ? operands.rs1
   : position == Position::Rs2 ? operands.rs2
                               : operands.rd) = reg;
}

std::size_t row_index(const InsnSpec& spec) {
  return static_cast<std::size_t>(&spec - isa::instructions().data());
}

std::string row_name(const InsnSpec& spec) {
  static const auto uses = [] {
    std::map<std::string_view, unsigned> counts;
    for (const InsnSpec& s : isa::instructions()) ++counts[s.mnemonic];
    return counts;
  }();
  std::string name(spec.mnemonic);
  if (uses.at(spec.mnemonic) > 1) {
    name += " (" + std::string(kFormatNames[static_cast<std::size_t>(spec.format)]) + ")";
  }
  return name;
}

const InsnSpec& row(std::string_view mnemonic, std::optional<Format> format) {
  for (const InsnSpec& spec : isa::instructions()) {
    if (spec.mnemonic == mnemonic && (!format || spec.format == *format)) return spec;
  }
  throw std::invalid_argument("no instruction " + std::string(mnemonic));
}

unsigned access_size(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::Lb:
    case Op::Lbu:
    case Op::Sb:
    case Op::CvLb:
    case Op::CvLbu:
    case Op::CvSb:
      return 1;
    case Op::Lh:
    case Op::Lhu:
    case Op::Sh:
    case Op::CvLh:
    case Op::CvLhu:
    case Op::CvSh:
      return 2;
    default:
      return spec.has(isa::kLoad) || spec.has(isa::kStore) ? 4 : 0;
  }
}

bool has_base(const InsnSpec& spec) {
  return (spec.has(isa::kLoad) || spec.has(isa::kStore)) && !spec.has(isa::kMacLoad);
}

ValueClass value_class(std::uint32_t value) {
  switch (value) {
    case 0:
      return ValueClass::Zero;
    case 1:
      return ValueClass::One;
    case ~0U:
      return ValueClass::MinusOne;
    case 0x8000'0000:
      return ValueClass::Min;
    case 0x7fff'ffff:
      return ValueClass::Max;
    default:
      break;
  }
  if (value < 256) return ValueClass::SmallPositive;
  if (value > ~256U) return ValueClass::SmallNegative;
  if ((value >> 16) == (value & 0xffff)) return ValueClass::Lanes;
  return ValueClass::Other;
}

const InsnSpec* decode_fetched(std::uint32_t insn, isa::Level level) {
  if (isa::insn_length(insn) == 4) return isa::decode(insn, level);
  const auto expanded = isa::expand_compressed(static_cast<std::uint16_t>(insn));
  return expanded ? isa::decode(*expanded, level) : nullptr;
}

std::uint32_t expand_fetched(std::uint32_t insn) {
  if (isa::insn_length(insn) == 4) return insn;
  return isa::expand_compressed(static_cast<std::uint16_t>(insn)).value_or(0);
}

}  // namespace freebits::random
