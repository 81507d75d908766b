// SPDX-License-Identifier: Apache-2.0
// Mixed-width dot products and Mac&Load streams: formats, slices, strides, rollbacks.
#include "generate.hpp"

namespace freebits::random {

namespace {

constexpr std::int32_t kFbfmt = 0x7c0;
constexpr std::int32_t kFbskip = 0x7c1;
constexpr std::int32_t kFbslice = 0x7c2;
constexpr std::int32_t kFba0 = 0x7cc;
constexpr std::int32_t kFbw0 = 0x7d0;
constexpr std::int32_t kStreamA = 0x7c4;  ///< address, stride, rollback, skip
constexpr std::int32_t kStreamW = 0x7c8;

void set_csr(Builder& b, std::int32_t number, std::uint32_t value) {
  if (value < 32) {
    b.op("csrrwi", {.imm = number, .imm2 = static_cast<std::int32_t>(value)});
    return;
  }
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, value);
  b.op("csrrw", {.rs1 = reg, .imm = number});
}

void set_stream(Builder& b, const isa::InsnSpec& spec, std::int32_t base, std::uint32_t skip) {
  const std::uint32_t remainder = b.rng().chance(60) ? 0 : b.rng().below(4);
  set_csr(b, base, pick_address(b, spec, remainder, Outcome::Ok));
  set_csr(b, base + 1, static_cast<std::uint32_t>(b.rng().between(-8, 8)));
  set_csr(b, base + 2, static_cast<std::uint32_t>(4 * b.rng().between(-8, 4)));
  set_csr(b, base + 3, skip);
}

void operand_registers(Builder& b) {
  for (std::int32_t i = 0; i < 4; ++i) {
    if (i < 2 && b.rng().chance(60)) set_csr(b, kFba0 + i, b.random_value());
    if (b.rng().chance(60)) set_csr(b, kFbw0 + i, b.random_value());
  }
}

}  // namespace

void generate_mixed(Builder& b, const Goal& goal) {
  b.begin("mixed");
  const std::uint32_t format = goal.a % 3 | goal.a / 3 << 4;
  set_csr(b, kFbfmt, format);
  set_csr(b, kFbskip, b.rng().chance(20) ? b.rng().bits() & 0xff : b.rng().below(4));
  if (b.rng().chance(70)) set_csr(b, kFbslice, b.rng().below(4) << 8 | b.rng().below(3));
  const bool operand_file = goal.spec->has(isa::kMacLoad);
  if (operand_file) operand_registers(b);
  if (goal.spec->has(isa::kLoad)) {
    const bool weight = goal.spec->format == isa::Format::MacLoadWeight;
    set_stream(b, *goal.spec, weight ? kStreamW : kStreamA, b.rng().below(4));
  }
  for (std::uint32_t i = 4 + b.rng().below(5); i > 0; --i) {
    isa::Operands operands = b.random_operands(*goal.spec);
    if (!operand_file && b.rng().chance(30)) {
      Registers taken = 1;
      operands.rs1 = b.fresh(taken);
      b.set(operands.rs1, b.random_value());
    }
    b.op(*goal.spec, operands);
    if (b.rng().chance(20)) b.simple();
    if (b.rng().chance(10)) b.op("csrrs", {.rd = b.any_destination(), .imm = kFbslice});
  }
}

void generate_stream(Builder& b, const Goal& goal) {
  b.begin("stream");
  const bool weight = goal.spec->format == isa::Format::MacLoadWeight;
  const std::int32_t base = weight ? kStreamW : kStreamA;
  const std::uint32_t skip = goal.a == 0   ? 0
                             : goal.a == 1 ? 4 + b.rng().below(4)
                                           : 1 + b.rng().below(3);
  set_stream(b, *goal.spec, base, skip);
  if (b.rng().chance(50)) operand_registers(b);
  for (std::uint32_t i = 3 + b.rng().below(5); i > 0; --i) {
    b.op(*goal.spec, b.random_operands(*goal.spec));
    if (b.rng().chance(15)) plain_access(b, Unit::Store);
  }
  for (std::int32_t i = 0; i < 4; i += 3)
    b.op("csrrs", {.rd = b.any_destination(), .imm = base + i});
}

}  // namespace freebits::random
