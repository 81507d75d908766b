// SPDX-License-Identifier: Apache-2.0
// The M extension.
#include <limits>

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

constexpr i32 kMin = std::numeric_limits<i32>::min();

u32 mul(u32 a, u32 b) { return a * b; }
u32 mulh(u32 a, u32 b) {
  return static_cast<u32>(std::int64_t{as_signed(a)} * std::int64_t{as_signed(b)} >> 32);
}
u32 mulhsu(u32 a, u32 b) {
  return static_cast<u32>(std::int64_t{as_signed(a)} * static_cast<std::int64_t>(b) >> 32);
}
u32 mulhu(u32 a, u32 b) { return static_cast<u32>(std::uint64_t{a} * b >> 32); }

// Division by zero gives all ones and the dividend; the only overflow, kMin / -1, gives kMin and 0.
u32 div(u32 a, u32 b) {
  if (b == 0) return ~0u;
  if (as_signed(a) == kMin && as_signed(b) == -1) return a;
  return static_cast<u32>(as_signed(a) / as_signed(b));
}
u32 divu(u32 a, u32 b) { return b == 0 ? ~0u : a / b; }
u32 rem(u32 a, u32 b) {
  if (b == 0) return a;
  if (as_signed(a) == kMin && as_signed(b) == -1) return 0;
  return static_cast<u32>(as_signed(a) % as_signed(b));
}
u32 remu(u32 a, u32 b) { return b == 0 ? a : a % b; }

}  // namespace

Execute mul_div_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::Mul:
      return reg_reg<mul>;
    case Op::Mulh:
      return reg_reg<mulh>;
    case Op::Mulhsu:
      return reg_reg<mulhsu>;
    case Op::Mulhu:
      return reg_reg<mulhu>;
    case Op::Div:
      return reg_reg<div>;
    case Op::Divu:
      return reg_reg<divu>;
    case Op::Rem:
      return reg_reg<rem>;
    case Op::Remu:
      return reg_reg<remu>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
