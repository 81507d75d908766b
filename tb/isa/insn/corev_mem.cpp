// SPDX-License-Identifier: Apache-2.0
// XCVmem and XCVelw: post-increment and register-offset loads and stores.
#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

/// What is added to rs1: the immediate, rs2 (loads) or rs3 (stores, in the rd field).
enum class Offset { Immediate, Rs2, Rs3 };

template <Offset O>
u32 offset(const HartState& h, const Insn& i) {
  if constexpr (O == Offset::Immediate) return static_cast<u32>(i.imm);
  if constexpr (O == Offset::Rs2) return h.x[i.rs2];
  return h.x[i.rd];
}

/// rd = Mem(rs1 + offset)
template <unsigned Bytes, bool Signed, Offset O>
Flow load(HartState& h, const Insn& i) {
  u32 value = 0;
  if (!h.load<Bytes>(h.x[i.rs1] + offset<O>(h, i), value)) return Flow::Trap;
  h.write(i.rd, Signed ? sign_extend(value, 8 * Bytes) : value);
  return Flow::Next;
}

/// rd = Mem(rs1), rs1 += offset; the data wins if they are one register.
template <unsigned Bytes, bool Signed, Offset O>
Flow load_post(HartState& h, const Insn& i) {
  u32 value = 0;
  const u32 incremented = h.x[i.rs1] + offset<O>(h, i);
  if (!h.load<Bytes>(h.x[i.rs1], value)) return Flow::Trap;
  h.write(i.rs1, incremented);
  h.write(i.rd, Signed ? sign_extend(value, 8 * Bytes) : value);
  return Flow::Next;
}

/// Mem(rs1 + rs3) = rs2
template <unsigned Bytes>
Flow store(HartState& h, const Insn& i) {
  if (!h.store<Bytes>(h.x[i.rs1] + offset<Offset::Rs3>(h, i), h.x[i.rs2])) return Flow::Trap;
  return Flow::Next;
}

/// Mem(rs1) = rs2, rs1 += offset
template <unsigned Bytes, Offset O>
Flow store_post(HartState& h, const Insn& i) {
  const u32 incremented = h.x[i.rs1] + offset<O>(h, i);
  if (!h.store<Bytes>(h.x[i.rs1], h.x[i.rs2])) return Flow::Trap;
  h.write(i.rs1, incremented);
  return Flow::Next;
}

template <unsigned Bytes, bool Signed>
Execute load_handler(Format format) {
  switch (format) {
    case Format::LoadPostImm:
      return load_post<Bytes, Signed, Offset::Immediate>;
    case Format::LoadPostReg:
      return load_post<Bytes, Signed, Offset::Rs2>;
    default:
      return load<Bytes, Signed, Offset::Rs2>;
  }
}

template <unsigned Bytes>
Execute store_handler(Format format) {
  switch (format) {
    case Format::StorePostImm:
      return store_post<Bytes, Offset::Immediate>;
    case Format::StorePostReg:
      return store_post<Bytes, Offset::Rs3>;
    default:
      return store<Bytes>;
  }
}

}  // namespace

Execute corev_mem_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::CvLb:
      return load_handler<1, true>(spec.format);
    case Op::CvLh:
      return load_handler<2, true>(spec.format);
    case Op::CvLw:
      return load_handler<4, false>(spec.format);
    case Op::CvLbu:
      return load_handler<1, false>(spec.format);
    case Op::CvLhu:
      return load_handler<2, false>(spec.format);
    case Op::CvSb:
      return store_handler<1>(spec.format);
    case Op::CvSh:
      return store_handler<2>(spec.format);
    case Op::CvSw:
      return store_handler<4>(spec.format);
    case Op::CvElw:
      return load<4, false, Offset::Immediate>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
