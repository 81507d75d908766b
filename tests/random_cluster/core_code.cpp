// SPDX-License-Identifier: Apache-2.0
#include "core_code.hpp"

#include <algorithm>
#include <array>

namespace freebits::random_cluster {

using isa::Format;
using isa::InsnSpec;
using random::Unit;

namespace {

constexpr random::Registers set_of(const auto& registers) {
  random::Registers set = 0;
  for (const std::uint8_t reg : registers) set |= 1U << reg;
  return set;
}
constexpr random::Registers kScratchSet = set_of(kScratchRegisters);
constexpr random::Registers kPrivateSet = set_of(kPrivateRegisters);

bool in(random::Registers set, unsigned reg) { return (set >> reg & 1) != 0; }

std::int32_t low_part(std::uint32_t value) { return static_cast<std::int32_t>(value << 20) >> 20; }

/// The same place in memory, through every row of this width and kind.
std::vector<const InsnSpec*> access_rows(isa::Level level, unsigned bytes, bool store) {
  std::vector<const InsnSpec*> rows;
  for (const InsnSpec& spec : isa::instructions()) {
    if (spec.level > level || spec.has(isa::kMacLoad) || spec.op == isa::Op::CvElw) continue;
    if (!spec.has(store ? isa::kStore : isa::kLoad)) continue;
    if (random::access_size(spec) == bytes) rows.push_back(&spec);
  }
  return rows;
}

}  // namespace

CoreCode::CoreCode(isa::Level level, unsigned core)
    : core_(core),
      rng_(core),
      builder_(program, rng_, false),
      private_builder_(private_program, rng_, false) {
  program.level = private_program.level = level;
  builder_.begin("start");
  private_builder_.begin("start");
}

void CoreCode::start(const char* kind, std::uint64_t seed) {
  rng_ = Rng(seed ^ (std::uint64_t{core_} + 1) * 0xd1b54a32d192ed03ULL);
  taken_ = 0;
  builder_.begin(kind);
}

std::uint8_t CoreCode::take() {
  for (;;) {
    const std::uint8_t reg = rng_.pick(kScratchRegisters);
    if (in(taken_, reg)) continue;
    taken_ |= 1U << reg;
    return reg;
  }
}

void CoreCode::release(std::initializer_list<std::uint8_t> registers) {
  for (const std::uint8_t reg : registers) taken_ &= ~(1U << reg);
}

void CoreCode::li(std::uint8_t rd, std::uint32_t value) {
  const std::int32_t low = low_part(value);
  const std::uint32_t high = (value - static_cast<std::uint32_t>(low)) >> 12;
  if (high != 0) op("lui", {.rd = rd, .imm = static_cast<std::int32_t>(high)});
  if (high == 0 || low != 0) {
    op("addi", {.rd = rd, .rs1 = high != 0 ? rd : std::uint8_t{0}, .imm = low});
  }
}

void CoreCode::load_word(std::uint8_t rd, std::uint8_t base, std::uint32_t offset) {
  op("lw", {.rd = rd, .rs1 = base, .imm = static_cast<std::int32_t>(offset)});
}

void CoreCode::store_word(std::uint8_t rs2, std::uint8_t base, std::uint32_t offset) {
  op("sw", {.rs1 = base, .rs2 = rs2, .imm = static_cast<std::int32_t>(offset)});
}

std::uint32_t CoreCode::label(const char* kind, bool aligned) {
  const std::uint32_t id = builder_.next_id();
  builder_.begin(kind, aligned);
  return id;
}

void CoreCode::call(std::uint32_t address) {
  const std::uint8_t target = take();
  li(target, address);
  op("jalr", {.rd = kLink, .rs1 = target});
  release({target});
}

void CoreCode::clutter() { builder_.simple(~(kScratchSet & ~taken_)); }

void CoreCode::access(std::uint32_t address, unsigned bytes, bool store, std::uint8_t data) {
  const InsnSpec& spec = *rng_.pick(access_rows(level(), bytes, store));
  const std::uint8_t base = take();
  isa::Operands o{.rd = data, .rs1 = base, .rs2 = data};
  switch (spec.format) {
    case Format::Load:
    case Format::Store:
      o.imm = rng_.chance(30) ? 0 : rng_.between(-2048, 2047);
      li(base, address - static_cast<std::uint32_t>(o.imm));
      builder_.op(spec, o);
      break;
    case Format::LoadPostImm:
    case Format::StorePostImm:
      o.imm = rng_.between(-64, 64);
      li(base, address);
      builder_.op(spec, o);
      break;
    default: {  // a register more: index or increment
      const std::uint8_t other = take();
      const bool post = spec.has(isa::kWritesRs1);
      const auto offset = static_cast<std::uint32_t>(rng_.between(-256, 256));
      li(base, post ? address : address - offset);
      li(other, offset);
      (store ? o.rd : o.rs2) = other;
      builder_.op(spec, o);
      release({other});
    }
  }
  release({base});
}

void CoreCode::load(std::uint32_t address, unsigned bytes) {
  const std::uint8_t data = take();
  access(address, bytes, false, data);
  release({data});
}

void CoreCode::store(std::uint32_t address, unsigned bytes, std::uint32_t value) {
  const std::uint8_t data = take();
  li(data, value);
  access(address, bytes, true, data);
  release({data});
}

void CoreCode::wait(std::uint8_t rd, std::uint32_t offset) {
  const bool asleep = level() >= isa::Level::XpulpV2 && rng_.chance(85);
  op(asleep ? "cv.elw" : "lw",
     {.rd = rd, .rs1 = kEventUnit, .imm = static_cast<std::int32_t>(offset)});
}

void CoreCode::wait_event(unsigned event) {
  const std::uint8_t mask = take();
  li(mask, 1U << event);
  if (rng_.chance(25)) {  // look at the event until it is there
    const std::uint8_t status = take();
    const std::uint32_t again = label("poll");
    load_word(status, kEventUnit, n::EuStatus);
    op("and", {.rd = status, .rs1 = status, .rs2 = mask});
    to(again, "beq", {.rs1 = status});
    store_word(mask, kEventUnit, n::EuClear);
    release({status});
  } else {
    store_word(mask, kEventUnit, n::EuMask);
    if (rng_.chance(75)) {
      wait(mask, n::EuWaitClear);
    } else {
      const std::uint8_t events = take();
      wait(events, n::EuWait);
      store_word(events, kEventUnit, n::EuClear);
      release({events});
    }
  }
  release({mask});
}

CoreCode::Loop CoreCode::open_loop(unsigned count) {
  const std::uint8_t counter = take();
  op("addi", {.rd = counter, .imm = static_cast<std::int32_t>(count)});
  return {label("loop"), counter};
}

void CoreCode::close_loop(const Loop& loop) {
  op("addi", {.rd = loop.counter, .rs1 = loop.counter, .imm = -1});
  to(loop.start, "bne", {.rs1 = loop.counter});
  release({loop.counter});
}

// Private work.

void CoreCode::own_registers(const InsnSpec& spec, isa::Operands& operands) {
  for (const isa::FieldSpec& field : isa::fields(spec.format)) {
    if (field.slot == isa::Slot::Rd) operands.rd = rng_.pick(kPrivateRegisters);
    if (field.slot == isa::Slot::Rs1) operands.rs1 = rng_.pick(kPrivateRegisters);
    if (field.slot == isa::Slot::Rs2) operands.rs2 = rng_.pick(kPrivateRegisters);
  }
}

random::Piece CoreCode::private_piece() {
  static constexpr Unit kUnits[] = {Unit::Alu,  Unit::Alu, Unit::Alu, Unit::Mul,
                                    Unit::Mulh, Unit::Div, Unit::Dotp};
  for (;;) {
    const Unit unit = rng_.pick(kUnits);
    if (unit == Unit::Dotp && level() < isa::Level::XpulpV2) continue;
    const InsnSpec& spec = builder_.random_row(unit);
    // What depends on the address or on formats in CSRs is not private.
    if (spec.op == isa::Op::Auipc || spec.lane == isa::Lane::Csr) continue;
    isa::Operands operands = builder_.random_operands(spec);
    own_registers(spec, operands);
    return random::insn(spec, operands);
  }
}

random::Piece CoreCode::compressed_piece() {
  for (;;) {
    const auto form = rng_.below(static_cast<std::uint32_t>(random::kCompressedNames.size()));
    const std::uint16_t half = rng_.pick(random::compressed_encodings(form));
    const std::uint32_t word = random::expand_fetched(half);
    const InsnSpec* spec = isa::decode(word, isa::Level::Rv32imc);
    if (spec == nullptr || random::unit_of(*spec) != Unit::Alu) continue;
    const isa::Operands o = isa::extract_operands(*spec, word);
    const random::Registers own = kPrivateSet | 1;
    const bool reads_own = (!spec->has(isa::kReadsRs1) || in(own, o.rs1)) &&
                           (!spec->has(isa::kReadsRs2) || in(own, o.rs2));
    if (reads_own && in(own, o.rd)) return random::raw_half(half);
  }
}

void CoreCode::note_private(const random::Piece& piece) { private_builder_.add(piece); }

void CoreCode::add_private(const random::Piece& piece) {
  builder_.add(piece);
  private_builder_.add(piece);
}

void CoreCode::private_access() {
  const bool store = rng_.chance(50);
  static constexpr unsigned kWidths[] = {1, 2, 4};
  const unsigned bytes = rng_.pick(kWidths);
  const InsnSpec& spec = *rng_.pick(access_rows(isa::Level::Rv32imc, bytes, store));
  isa::Operands o{
      .rd = rng_.pick(kPrivateRegisters), .rs1 = kPrivateBase, .rs2 = rng_.pick(kPrivateRegisters)};
  o.imm = rng_.between(-static_cast<std::int32_t>(kPrivateAnchor),
                       static_cast<std::int32_t>(kSaved - kPrivateAnchor - 4));
  add_private(random::insn(spec, o));
}

/// A hardware loop over a few instructions.
void CoreCode::private_loop() {
  const auto loop = static_cast<std::uint8_t>(rng_.below(2));
  const std::int32_t length = rng_.between(1, 6);
  builder_.begin("hardware loop", true);
  private_builder_.begin("hardware loop", true);
  add_private(random::insn(random::row("cv.setupi"),
                           {.loop = loop, .imm = rng_.between(0, 6), .imm2 = length + 1}));
  for (std::int32_t i = 0; i < length; ++i) {
    if (rng_.chance(30)) {
      private_access();
    } else {
      add_private(private_piece());
    }
  }
}

void CoreCode::private_work(unsigned instructions) {
  for (unsigned i = 0; i < instructions; ++i) {
    const std::uint32_t dice = rng_.below(20);
    if (dice < 5) {
      private_access();
    } else if (dice < 9) {
      add_private(compressed_piece());
    } else if (dice == 9 && level() >= isa::Level::XpulpV2) {
      private_loop();
    } else {
      add_private(private_piece());
    }
  }
}

}  // namespace freebits::random_cluster
