// SPDX-License-Identifier: Apache-2.0
// XCVbitmanip.
#include <algorithm>
#include <bit>

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

/// A bit field of length - 1 = Is3 or rs2[9:5] at position Is2 or rs2[4:0], cut off at bit 31.
struct BitField {
  BitField(u32 length_minus_1, u32 position)
      : position(position), width(std::min(length_minus_1 + position, u32{31}) - position + 1) {}

  static BitField of_register(u32 rs2) { return {rs2 >> 5 & 31, rs2 & 31}; }
  static BitField of_immediates(const Insn& i) {
    return {static_cast<u32>(i.imm), static_cast<u32>(i.imm2)};
  }

  [[nodiscard]] u32 mask() const { return ~0u >> (32 - width) << position; }

  u32 position;
  u32 width;
};

u32 extract(u32, u32 rs1, BitField f) { return sign_extend(rs1 >> f.position, f.width); }
u32 extractu(u32, u32 rs1, BitField f) { return (rs1 & f.mask()) >> f.position; }
u32 insert(u32 rd, u32 rs1, BitField f) {
  return (rd & ~f.mask()) | (rs1 << f.position & f.mask());
}
u32 bclr(u32, u32 rs1, BitField f) { return rs1 & ~f.mask(); }
u32 bset(u32, u32 rs1, BitField f) { return rs1 | f.mask(); }

template <u32 (*F)(u32 rd, u32 rs1, BitField)>
Flow by_immediates(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rd], h.x[i.rs1], BitField::of_immediates(i)));
  return Flow::Next;
}

template <u32 (*F)(u32 rd, u32 rs1, BitField)>
Flow by_register(HartState& h, const Insn& i) {
  h.write(i.rd, F(h.x[i.rd], h.x[i.rs1], BitField::of_register(h.x[i.rs2])));
  return Flow::Next;
}

u32 ror(u32 a, u32 b) { return std::rotr(a, static_cast<int>(b & 31)); }
u32 ff1(u32 a) { return static_cast<u32>(std::countr_zero(a)); }
u32 fl1(u32 a) { return a == 0 ? 32 : 31 - static_cast<u32>(std::countl_zero(a)); }
u32 clb(u32 a) {
  if (a == 0) return 0;
  const int leading = (a >> 31) != 0 ? std::countl_one(a) : std::countl_zero(a);
  return static_cast<u32>(leading) - 1;
}
u32 cnt(u32 a) { return static_cast<u32>(std::popcount(a)); }

/// Reverses the order of the groups of Is3 + 1 bits of rs1 << Is2, the top group first; Is3 = 3
/// acts as 0.
Flow bitrev(HartState& h, const Insn& i) {
  const unsigned group = i.imm == 3 ? 1 : static_cast<unsigned>(i.imm) + 1;
  const u32 group_mask = (1u << group) - 1;
  const u32 shifted = h.x[i.rs1] << i.imm2;
  u32 result = 0;
  for (unsigned at = 0; at + group <= 32; at += group) {
    result |= (shifted >> (32 - group - at) & group_mask) << at;
  }
  h.write(i.rd, result);
  return Flow::Next;
}

}  // namespace

Execute corev_bitmanip_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::CvExtract:
      return by_immediates<extract>;
    case Op::CvExtractu:
      return by_immediates<extractu>;
    case Op::CvInsert:
      return by_immediates<insert>;
    case Op::CvBclr:
      return by_immediates<bclr>;
    case Op::CvBset:
      return by_immediates<bset>;
    case Op::CvExtractr:
      return by_register<extract>;
    case Op::CvExtractur:
      return by_register<extractu>;
    case Op::CvInsertr:
      return by_register<insert>;
    case Op::CvBclrr:
      return by_register<bclr>;
    case Op::CvBsetr:
      return by_register<bset>;
    case Op::CvRor:
      return reg_reg<ror>;
    case Op::CvFf1:
      return unary<ff1>;
    case Op::CvFl1:
      return unary<fl1>;
    case Op::CvClb:
      return unary<clb>;
    case Op::CvCnt:
      return unary<cnt>;
    case Op::CvBitrev:
      return bitrev;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
