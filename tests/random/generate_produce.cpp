// SPDX-License-Identifier: Apache-2.0
// Writing a register by an instruction of a given kind, right before the register is read.
#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {

using isa::InsnSpec;

namespace {

constexpr std::int32_t kMscratch = 0x340;
constexpr std::int32_t kFba0 = 0x7cc;

/// A word of writable data near the anchor.
std::int32_t scratch_word(Builder& b) { return 4 * b.rng().between(-400, 200); }

void load_without_need(Builder& b, std::uint8_t reg) {
  const InsnSpec& spec = row(b.rng().chance(50) ? "lw" : "lbu");
  b.op(spec, {.rd = reg, .rs1 = kAnchorRegister, .imm = b.rng().between(-1024, 1000)});
}

void csr_without_need(Builder& b, std::uint8_t reg) {
  static constexpr std::int32_t kReadable[] = {0x300, 0x301, 0x304, 0x305, 0x340, 0x341, 0x342,
                                               0x343, 0xb00, 0xb02, 0xc02, 0xf14, 0x320};
  b.op("csrrs", {.rd = reg, .imm = b.rng().pick(kReadable)});
}

/// reg is the base of a post-increment access and ends as `need` (any pointer without one).
void post_increment_to(Builder& b, std::uint8_t reg, const Need* need, Registers taken) {
  const bool store = need == nullptr && b.rng().chance(40);
  const std::int32_t step = 4 * b.rng().between(-4, 4);
  Need base = need != nullptr ? *need : Need{.value = kDataBase + 0x400 + b.rng().below(0x400)};
  if (base.target) {
    base.addend -= step;
  } else {
    base.value -= static_cast<std::uint32_t>(step);
  }
  b.set(reg, base);
  const InsnSpec& spec =
      row(store ? "cv.sw" : "cv.lw", store ? isa::Format::StorePostImm : isa::Format::LoadPostImm);
  const std::uint8_t other = b.fresh(taken);
  b.op(spec, {.rd = other, .rs1 = reg, .rs2 = other, .imm = step});
}

void mac_load(Builder& b, std::uint8_t reg, bool keep_value) {
  if (keep_value) b.op("csrrw", {.imm = kFba0});
  static constexpr std::string_view kNames[] = {"fb.mlsdotup", "fb.mlsdotusp", "fb.mlsdotsp"};
  const InsnSpec& spec = row(b.rng().pick(kNames), isa::Format::MacLoadNone);
  b.op(spec, {.rd = reg, .act = 0, .weight = static_cast<std::uint8_t>(b.rng().below(4))});
}

void compute(Builder& b, Unit unit, std::uint8_t reg) {
  const InsnSpec* spec = &b.random_row(unit);
  while (!spec->has(isa::kWritesRd)) spec = &b.random_row(unit);
  isa::Operands operands = b.random_operands(*spec);
  operands.rd = reg;
  b.op(*spec, operands);
}

void produce_anything(Builder& b, Producer producer, std::uint8_t reg, Registers taken) {
  switch (producer) {
    case Producer::Alu:
      return compute(b, Unit::Alu, reg);
    case Producer::Mul:
      return compute(b, Unit::Mul, reg);
    case Producer::Mulh:
      return compute(b, Unit::Mulh, reg);
    case Producer::Div:
      return compute(b, Unit::Div, reg);
    case Producer::Dotp:
      return compute(b, Unit::Dotp, reg);
    case Producer::Load:
      return load_without_need(b, reg);
    case Producer::Csr:
      return csr_without_need(b, reg);
    case Producer::PostIncrement:
      return post_increment_to(b, reg, nullptr, taken);
    case Producer::MacLoad:
      return mac_load(b, reg, false);
    case Producer::Link:
      // The consumer is what the jump goes to, and nothing else jumps there.
      b.to(b.hidden_id(), row("jal"), {.rd = reg});
      b.begin_hidden("linked");
      return;
  }
}

}  // namespace

void produce(Builder& b, Producer producer, std::uint8_t reg, const Need* need, Registers taken) {
  if (need == nullptr || producer == Producer::Link) {
    produce_anything(b, producer, reg, taken);
    return;
  }
  if (producer == Producer::PostIncrement) {
    post_increment_to(b, reg, need, taken);
    return;
  }
  // The value is there; it passes through an instruction of the wanted kind.
  const std::uint8_t other = b.fresh(taken);
  const bool multiplied = producer == Producer::Mul || producer == Producer::Div;
  if (multiplied) b.op("addi", {.rd = other, .imm = 1});
  b.set(reg, *need);
  switch (producer) {
    case Producer::Alu:
      b.op(b.rng().chance(50) ? "xori" : "addi", {.rd = reg, .rs1 = reg});
      return;
    case Producer::Mul:
      b.op("mul", {.rd = reg, .rs1 = reg, .rs2 = other});
      return;
    case Producer::Mulh:  // (value << 8) * 2^24 >> 32
      b.op("slli", {.rd = reg, .rs1 = reg, .imm = 8});
      b.op("lui", {.rd = other, .imm = 0x1000});
      b.op("mulhu", {.rd = reg, .rs1 = reg, .rs2 = other});
      return;
    case Producer::Div:
      b.op("divu", {.rd = reg, .rs1 = reg, .rs2 = other});
      return;
    case Producer::Dotp:
      b.op("cv.sdotup.h", {.rd = reg});
      return;
    case Producer::Load: {
      const std::int32_t at = scratch_word(b);
      b.op("sw", {.rs1 = kAnchorRegister, .rs2 = reg, .imm = at});
      b.op("lw", {.rd = reg, .rs1 = kAnchorRegister, .imm = at});
      return;
    }
    case Producer::Csr:
      b.op("csrrw", {.rs1 = reg, .imm = kMscratch});
      b.op("csrrs", {.rd = reg, .imm = kMscratch});
      return;
    case Producer::MacLoad:
      mac_load(b, reg, true);
      return;
    case Producer::PostIncrement:
    case Producer::Link:
      return;
  }
}

}  // namespace freebits::random
