// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <algorithm>

#include "memory_map.hpp"

namespace freebits::random {

using isa::InsnSpec;
using isa::Slot;

namespace {

constexpr std::int32_t kHarmlessCsrs[] = {0x340, 0x342, 0x343, 0xb00, 0xb02};

RowsByUnit make_rows(isa::Level level) {
  RowsByUnit result;
  for (const InsnSpec& spec : isa::instructions()) {
    if (spec.level <= level) result[static_cast<std::size_t>(unit_of(spec))].push_back(&spec);
  }
  return result;
}

bool in(Registers set, unsigned reg) { return (set >> reg & 1) != 0; }

}  // namespace

const RowsByUnit& rows_by_unit(isa::Level level) {
  static const std::array<RowsByUnit, 5> kRows = {
      make_rows(isa::Level::Rv32imc), make_rows(isa::Level::XpulpV2),
      make_rows(isa::Level::XpulpNN), make_rows(isa::Level::Mixed), make_rows(isa::Level::FlexV)};
  return kRows[static_cast<std::size_t>(level)];
}

Builder::Builder(Program& program, Rng& rng, bool user)
    : program_(program), rng_(rng), user_(user) {
  const std::uint32_t size = 7 + rng_.below(8);
  while (pool_.size() < 3) {  // 16-bit forms need some of x8 ... x15
    const auto reg = static_cast<std::uint8_t>(8 + rng_.below(8));
    if (std::ranges::find(pool_, reg) == pool_.end()) pool_.push_back(reg);
  }
  while (pool_.size() < size) {
    const auto reg = static_cast<std::uint8_t>(1 + rng_.below(31));
    if (!in(kReserved, reg) && std::ranges::find(pool_, reg) == pool_.end()) pool_.push_back(reg);
  }
}

void Builder::begin(const char* kind, bool aligned) {
  program_.items.push_back({next_id_, aligned, kind, {}});
  next_id_ += kIdStep;
}

void Builder::begin_hidden(const char* kind) {
  program_.items.push_back({hidden_id(), false, kind, {}});
}

void Builder::to(std::uint32_t target, const InsnSpec& spec, const isa::Operands& operands) {
  Piece piece = insn(spec, operands);
  piece.reloc = Reloc::Relative;
  piece.target = target;
  add(piece);
}

void Builder::set(std::uint8_t rd, std::uint32_t value) {
  if (rng_.chance(20)) {
    static const auto kTable = constant_table();
    const auto found = std::ranges::find(kTable, value);
    if (found != kTable.end()) {
      const auto index = static_cast<std::int32_t>(found - kTable.begin());
      const auto base = static_cast<std::int32_t>(kConstBase - kAnchor);
      op("lw", {.rd = rd, .rs1 = kAnchorRegister, .imm = base + 4 * index});
      return;
    }
  }
  const auto low = static_cast<std::int32_t>(value << 20) >> 20;
  const std::uint32_t high = (value - static_cast<std::uint32_t>(low)) >> 12;
  if (high == 0) {
    op("addi", {.rd = rd, .imm = low});
    return;
  }
  op("lui", {.rd = rd, .imm = static_cast<std::int32_t>(high)});
  if (low != 0) op("addi", {.rd = rd, .rs1 = rd, .imm = low});
}

void Builder::set(std::uint8_t rd, const Need& need) {
  if (!need.target) {
    set(rd, need.value);
    return;
  }
  Piece high = insn(row("lui"), {.rd = rd});
  Piece low = insn(row("addi"), {.rd = rd, .rs1 = rd});
  high.target = low.target = *need.target;
  high.addend = low.addend = need.addend;
  high.reloc = Reloc::AbsoluteHigh;
  low.reloc = Reloc::AbsoluteLow;
  add(high);
  add(low);
}

std::uint8_t Builder::any_source() {
  return rng_.chance(20) ? static_cast<std::uint8_t>(rng_.below(32)) : rng_.pick(pool_);
}

std::uint8_t Builder::any_destination() {
  if (rng_.chance(90)) return rng_.pick(pool_);
  if (rng_.chance(30)) return 0;
  for (;;) {
    const auto reg = static_cast<std::uint8_t>(rng_.below(32));
    if (!in(kReserved, reg)) return reg;
  }
}

std::uint8_t Builder::fresh(Registers& taken) {
  for (;;) {
    const std::uint8_t reg = rng_.pick(pool_);
    if (in(taken, reg)) continue;
    taken |= 1U << reg;
    return reg;
  }
}

std::int32_t Builder::random_immediate(const isa::FieldSpec& field) {
  const std::int32_t last = (field.max - field.min) / field.step;
  switch (rng_.below(8)) {
    case 0:
      return field.min;
    case 1:
      return field.min + field.step * last;
    case 2:
    case 3:
      return std::clamp(field.step * rng_.between(-4, 8), field.min, field.max);
    default:
      return field.min + field.step * rng_.between(0, last);
  }
}

isa::Operands Builder::random_operands(const InsnSpec& spec) {
  isa::Operands o;
  for (const isa::FieldSpec& field : isa::fields(spec.format)) {
    switch (field.slot) {
      case Slot::Rd:
        o.rd = spec.has(isa::kWritesRd) ? any_destination() : any_source();
        break;
      case Slot::Rs1:
        o.rs1 = spec.has(isa::kWritesRs1) ? any_destination() : any_source();
        break;
      case Slot::Rs2:
        o.rs2 = any_source();
        break;
      case Slot::Loop:
        o.loop = static_cast<std::uint8_t>(rng_.below(2));
        break;
      case Slot::Act:
        o.act = static_cast<std::uint8_t>(rng_.below(2));
        break;
      case Slot::Weight:
        o.weight = static_cast<std::uint8_t>(rng_.below(4));
        break;
      case Slot::Ld:
        o.ld = static_cast<std::uint8_t>(random_immediate(field));
        break;
      case Slot::Imm:
        o.imm = spec.has(isa::kCsr) ? rng_.pick(kHarmlessCsrs) : random_immediate(field);
        break;
      case Slot::Imm2:
        o.imm2 = random_immediate(field);
        break;
    }
  }
  return o;
}

const InsnSpec& Builder::random_row(Unit unit) {
  return *rng_.pick(rows_by_unit(level())[static_cast<std::size_t>(unit)]);
}

std::uint32_t Builder::value_of(ValueClass value) {
  switch (value) {
    case ValueClass::Zero:
      return 0;
    case ValueClass::One:
      return 1;
    case ValueClass::MinusOne:
      return ~0U;
    case ValueClass::Min:
      return 0x8000'0000;
    case ValueClass::Max:
      return 0x7fff'ffff;
    case ValueClass::SmallPositive:
      return 2 + rng_.below(254);
    case ValueClass::SmallNegative:
      return ~0U - 1 - rng_.below(200);
    case ValueClass::Lanes: {
      static constexpr std::uint32_t kLanes[] = {0x8000, 0x7fff, 0x8080, 0x7f7f, 0x0101, 0xff00,
                                                 0x00ff, 0x8888, 0x7777, 0x5555, 0xaaaa, 0x1248};
      return rng_.pick(kLanes) * 0x0001'0001U;
    }
    case ValueClass::Other:
      break;
  }
  for (;;) {
    const std::uint32_t word = rng_.bits();
    if (value_class(word) == ValueClass::Other) return word;
  }
}

std::uint32_t Builder::random_value() {
  return value_of(static_cast<ValueClass>(rng_.below(kValueClassNames.size())));
}

bool Builder::compressed_compute(unsigned form, Registers keep) {
  for (int tries = 0; tries < 20; ++tries) {
    const std::uint16_t half = rng_.pick(compressed_encodings(form));
    const std::uint32_t word = expand_fetched(half);
    const InsnSpec* spec = isa::decode(word, isa::Level::Rv32imc);
    if (spec == nullptr || unit_of(*spec) != Unit::Alu) return false;
    if (in(kReserved | keep, isa::extract_operands(*spec, word).rd)) continue;
    add(raw_half(half));
    return true;
  }
  return false;
}

void Builder::simple(Registers keep) {
  if (rng_.chance(25) &&
      compressed_compute(rng_.below(static_cast<std::uint32_t>(kCompressedNames.size())), keep)) {
    return;
  }
  static constexpr Unit kUnits[] = {Unit::Alu, Unit::Alu, Unit::Alu, Unit::Mul, Unit::Dotp};
  Unit unit = rng_.pick(kUnits);
  if (unit == Unit::Dotp && level() < isa::Level::XpulpV2) unit = Unit::Alu;
  const InsnSpec& spec = random_row(unit);
  isa::Operands operands = random_operands(spec);
  while (in(keep & ~1U, operands.rd)) operands.rd = any_destination();
  op(spec, operands);
}

}  // namespace freebits::random
