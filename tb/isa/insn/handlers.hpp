// SPDX-License-Identifier: Apache-2.0
// Handler lookup by group, and the wrappers most handlers are made of: a pure function of operand
// values, applied.
#pragma once

#include "tb/isa/hart_state.hpp"

namespace freebits::isa {

// Each returns the handler of an instruction of its group, null for any other.
Execute base_handler(const InsnSpec& spec);
Execute mul_div_handler(const InsnSpec& spec);
Execute csr_handler(const InsnSpec& spec);
Execute corev_mem_handler(const InsnSpec& spec);
Execute corev_hwloop_handler(const InsnSpec& spec);
Execute corev_bitmanip_handler(const InsnSpec& spec);
Execute corev_alu_handler(const InsnSpec& spec);
Execute corev_mac_handler(const InsnSpec& spec);
Execute corev_simd_handler(const InsnSpec& spec);
Execute subbyte_simd_handler(const InsnSpec& spec);
Execute requant_handler(const InsnSpec& spec);
Execute mixed_dotp_handler(const InsnSpec& spec);
Execute mac_load_handler(const InsnSpec& spec);

/// rd = F(rs1)
template <u32 (*F)(u32)>
Flow unary(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rs1]));
  return Flow::Next;
}

/// rd = F(rs1, rs2)
template <u32 (*F)(u32, u32)>
Flow reg_reg(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rs1], h.x[i.rs2]));
  return Flow::Next;
}

/// rd = F(rs1, imm)
template <u32 (*F)(u32, u32)>
Flow reg_imm(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rs1], static_cast<u32>(i.imm)));
  return Flow::Next;
}

/// rd = F(rd, rs1, rs2)
template <u32 (*F)(u32, u32, u32)>
Flow rd_reg_reg(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rd], h.x[i.rs1], h.x[i.rs2]));
  return Flow::Next;
}

/// Value of the low `bits` bits of x, signed.
[[nodiscard]] constexpr u32 sign_extend(u32 x, unsigned bits) {
  return static_cast<u32>(static_cast<i32>(x << (32 - bits)) >> (32 - bits));
}

[[nodiscard]] constexpr i32 as_signed(u32 x) { return static_cast<i32>(x); }

/// Arithmetic shift right.
[[nodiscard]] constexpr u32 sra(u32 x, unsigned amount) {
  return static_cast<u32>(as_signed(x) >> amount);
}

}  // namespace freebits::isa
