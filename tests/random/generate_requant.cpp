// SPDX-License-Identifier: Apache-2.0
// Requantization: fbquant, then sums that stay inside the output's range and sums that do not.
#include "generate.hpp"

namespace freebits::random {

namespace {

constexpr std::int32_t kFbquant = 0x7c3;

/// Goal::a = width code + 3 · sign.
std::uint32_t random_quant(Builder& b, std::uint8_t output) {
  const std::uint32_t shift = b.rng().chance(20) ? 0 : b.rng().below(32);
  return shift | b.rng().below(32) << 8 | (output % 3U) << 16 | (output / 3U) << 20;
}

}  // namespace

void generate_requant(Builder& b, const Goal& goal) {
  b.begin("requant");
  Registers taken = 1;
  const std::uint32_t quant = random_quant(b, goal.a);
  const std::uint8_t setting = b.fresh(taken);
  b.set(setting, quant);
  b.op("csrrw", {.rs1 = setting, .imm = kFbquant});
  for (std::uint32_t i = 3 + b.rng().below(4); i > 0; --i) {
    isa::Operands operands = b.random_operands(*goal.spec);
    Registers used = 1;
    operands.rs1 = b.fresh(used);
    operands.rs2 = b.fresh(used);
    // A few output steps round zero, or anything.
    const std::uint32_t small = (b.rng().bits() & 0x1ff) << (quant & 31);
    b.set(operands.rs1, b.rng().chance(50) ? small - (0x100U << (quant & 31)) : b.random_value());
    b.set(operands.rs2, b.rng().chance(50) ? 0 : b.random_value());
    b.op(*goal.spec, operands);
  }
}

}  // namespace freebits::random
