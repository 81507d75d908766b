// SPDX-License-Identifier: Apache-2.0
// Random legal operands for any row of the instruction table.
#pragma once

#include <cstdint>
#include <random>

#include "tb/isa/decode.hpp"

namespace freebits::isa::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return std::uniform_int_distribution<std::int32_t>(low, high)(engine_);
  }

 private:
  std::mt19937_64 engine_;
};

inline Operands random_operands(const InsnSpec& spec, Random& random) {
  Operands o;
  for (const FieldSpec& field : fields(spec.format)) {
    const std::int32_t value =
        field.min + field.step * random.between(0, (field.max - field.min) / field.step);
    const auto small = static_cast<std::uint8_t>(value);
    switch (field.slot) {
      case Slot::Rd:
        o.rd = small;
        break;
      case Slot::Rs1:
        o.rs1 = small;
        break;
      case Slot::Rs2:
        o.rs2 = small;
        break;
      case Slot::Loop:
        o.loop = small;
        break;
      case Slot::Act:
        o.act = small;
        break;
      case Slot::Weight:
        o.weight = small;
        break;
      case Slot::Ld:
        o.ld = small;
        break;
      case Slot::Imm:
        o.imm = value;
        break;
      case Slot::Imm2:
        o.imm2 = value;
        break;
    }
  }
  return o;
}

}  // namespace freebits::isa::test
