// SPDX-License-Identifier: Apache-2.0
// RV32I and the machine-mode instructions without CSR accesses.
#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

u32 add(u32 a, u32 b) { return a + b; }
u32 sub(u32 a, u32 b) { return a - b; }
u32 slt(u32 a, u32 b) { return as_signed(a) < as_signed(b) ? 1 : 0; }
u32 sltu(u32 a, u32 b) { return a < b ? 1 : 0; }
u32 bit_xor(u32 a, u32 b) { return a ^ b; }
u32 bit_or(u32 a, u32 b) { return a | b; }
u32 bit_and(u32 a, u32 b) { return a & b; }
u32 sll(u32 a, u32 b) { return a << (b & 31); }
u32 srl(u32 a, u32 b) { return a >> (b & 31); }
u32 shift_ra(u32 a, u32 b) { return sra(a, b & 31); }

Flow lui(HartState& h, const Insn& i) {
  h.write(i.rd, static_cast<u32>(i.imm) << 12);
  return Flow::Next;
}

Flow auipc(HartState& h, const Insn& i) {
  h.write(i.rd, i.pc + (static_cast<u32>(i.imm) << 12));
  return Flow::Next;
}

Flow jal(HartState& h, const Insn& i) {
  h.write(i.rd, i.pc + i.length);
  return h.jump(i.pc + static_cast<u32>(i.imm));
}

Flow jalr(HartState& h, const Insn& i) {
  const u32 target = (h.x[i.rs1] + static_cast<u32>(i.imm)) & ~1u;
  h.write(i.rd, i.pc + i.length);
  return h.jump(target);
}

bool eq(u32 a, u32 b) { return a == b; }
bool ne(u32 a, u32 b) { return a != b; }
bool lt(u32 a, u32 b) { return as_signed(a) < as_signed(b); }
bool ge(u32 a, u32 b) { return as_signed(a) >= as_signed(b); }
bool ltu(u32 a, u32 b) { return a < b; }
bool geu(u32 a, u32 b) { return a >= b; }

template <bool (*Condition)(u32, u32)>
Flow branch(HartState& h, const Insn& i) {
  if (!Condition(h.x[i.rs1], h.x[i.rs2])) return Flow::Next;
  ++h.counters.taken_branches;
  return h.jump(i.pc + static_cast<u32>(i.imm));
}

template <unsigned Bytes, bool Signed>
Flow load(HartState& h, const Insn& i) {
  u32 value = 0;
  if (!h.load<Bytes>(h.x[i.rs1] + static_cast<u32>(i.imm), value)) return Flow::Trap;
  h.write(i.rd, Signed ? sign_extend(value, 8 * Bytes) : value);
  return Flow::Next;
}

template <unsigned Bytes>
Flow store(HartState& h, const Insn& i) {
  if (!h.store<Bytes>(h.x[i.rs1] + static_cast<u32>(i.imm), h.x[i.rs2])) return Flow::Trap;
  return Flow::Next;
}

Flow fence(HartState&, const Insn&) { return Flow::Next; }

Flow fence_i(HartState& h, const Insn& i) { return h.jump(i.pc + i.length); }

Flow ecall(HartState& h, const Insn&) { return h.raise(Cause::EcallFromMachine, 0); }

Flow ebreak(HartState& h, const Insn& i) { return h.raise(Cause::Breakpoint, i.pc); }

Flow mret(HartState& h, const Insn&) {
  h.mstatus = kMpp | kMpie | ((h.mstatus & kMpie) != 0 ? kMie : 0);
  h.attention();
  return h.jump(h.mepc);
}

Flow wfi(HartState& h, const Insn&) {
  h.waiting = true;
  h.attention();
  return Flow::Next;
}

}  // namespace

Execute base_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::Lui:
      return lui;
    case Op::Auipc:
      return auipc;
    case Op::Jal:
      return jal;
    case Op::Jalr:
      return jalr;
    case Op::Beq:
      return branch<eq>;
    case Op::Bne:
      return branch<ne>;
    case Op::Blt:
      return branch<lt>;
    case Op::Bge:
      return branch<ge>;
    case Op::Bltu:
      return branch<ltu>;
    case Op::Bgeu:
      return branch<geu>;
    case Op::Lb:
      return load<1, true>;
    case Op::Lh:
      return load<2, true>;
    case Op::Lw:
      return load<4, false>;
    case Op::Lbu:
      return load<1, false>;
    case Op::Lhu:
      return load<2, false>;
    case Op::Sb:
      return store<1>;
    case Op::Sh:
      return store<2>;
    case Op::Sw:
      return store<4>;
    case Op::Addi:
      return reg_imm<add>;
    case Op::Slti:
      return reg_imm<slt>;
    case Op::Sltiu:
      return reg_imm<sltu>;
    case Op::Xori:
      return reg_imm<bit_xor>;
    case Op::Ori:
      return reg_imm<bit_or>;
    case Op::Andi:
      return reg_imm<bit_and>;
    case Op::Slli:
      return reg_imm<sll>;
    case Op::Srli:
      return reg_imm<srl>;
    case Op::Srai:
      return reg_imm<shift_ra>;
    case Op::Add:
      return reg_reg<add>;
    case Op::Sub:
      return reg_reg<sub>;
    case Op::Sll:
      return reg_reg<sll>;
    case Op::Slt:
      return reg_reg<slt>;
    case Op::Sltu:
      return reg_reg<sltu>;
    case Op::Xor:
      return reg_reg<bit_xor>;
    case Op::Srl:
      return reg_reg<srl>;
    case Op::Sra:
      return reg_reg<shift_ra>;
    case Op::Or:
      return reg_reg<bit_or>;
    case Op::And:
      return reg_reg<bit_and>;
    case Op::Fence:
      return fence;
    case Op::FenceI:
      return fence_i;
    case Op::Ecall:
      return ecall;
    case Op::Ebreak:
      return ebreak;
    case Op::Mret:
      return mret;
    case Op::Wfi:
      return wfi;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
