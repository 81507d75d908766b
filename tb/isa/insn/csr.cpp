// SPDX-License-Identifier: Apache-2.0
// Zicsr.
#include "tb/isa/csr.hpp"

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

enum class Update { Write, Set, Clear };

u32 updated(Update update, u32 old, u32 operand) {
  switch (update) {
    case Update::Write:
      return operand;
    case Update::Set:
      return old | operand;
    case Update::Clear:
      return old & ~operand;
  }
  return old;
}

// Set and clear with x0 or immediate 0 do not write; a write always does.
Flow access(HartState& h, const Insn& i, Update update, u32 operand, bool operand_is_zero_field) {
  const auto number = static_cast<u32>(i.imm);
  const CsrSpec* csr = find_csr(number, h.level);
  const bool writes = update == Update::Write || !operand_is_zero_field;
  if (csr == nullptr || (writes && csr->read_only()))
    return h.raise(Cause::IllegalInstruction, i.raw);
  const u32 old = h.read_csr(number);
  if (writes) h.write_csr(number, updated(update, old, operand));
  h.write(i.rd, old);
  return Flow::Next;
}

template <Update U>
Flow with_register(HartState& h, const Insn& i) {
  return access(h, i, U, h.x[i.rs1], i.rs1 == 0);
}

template <Update U>
Flow with_immediate(HartState& h, const Insn& i) {
  return access(h, i, U, static_cast<u32>(i.imm2), i.imm2 == 0);
}

}  // namespace

Execute csr_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::Csrrw:
      return with_register<Update::Write>;
    case Op::Csrrs:
      return with_register<Update::Set>;
    case Op::Csrrc:
      return with_register<Update::Clear>;
    case Op::Csrrwi:
      return with_immediate<Update::Write>;
    case Op::Csrrsi:
      return with_immediate<Update::Set>;
    case Op::Csrrci:
      return with_immediate<Update::Clear>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
