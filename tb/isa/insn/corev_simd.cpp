// SPDX-License-Identifier: Apache-2.0
// XCVsimd: 16-bit (.h) and 8-bit (.b) lanes, shuffles, packs, complex numbers.
#include "tb/isa/insn/lanes.hpp"

namespace freebits::isa {
namespace {

u32 bit_or(u32 a, u32 b, u32) { return a | b; }
u32 bit_xor(u32 a, u32 b, u32) { return a ^ b; }
u32 bit_and(u32 a, u32 b, u32) { return a & b; }

template <unsigned Bits>
unsigned selected_lane(const Insn& i) {
  return static_cast<unsigned>(i.imm) % Lanes<Bits>::kCount;
}

template <unsigned Bits>
Flow extract(HartState& h, const Insn& i) {
  h.write(i.rd, Lanes<Bits>::sext(h.x[i.rs1], selected_lane<Bits>(i)));
  return Flow::Next;
}

template <unsigned Bits>
Flow extractu(HartState& h, const Insn& i) {
  h.write(i.rd, Lanes<Bits>::zext(h.x[i.rs1], selected_lane<Bits>(i)));
  return Flow::Next;
}

template <unsigned Bits>
Flow insert(HartState& h, const Insn& i) {
  using L = Lanes<Bits>;
  const unsigned lane = selected_lane<Bits>(i);
  h.write(i.rd, (h.x[i.rd] & ~L::place(~0u, lane)) | L::place(h.x[i.rs1], lane));
  return Flow::Next;
}

/// rd[i] = rs1[b[i]], the low bits of each lane of b
template <unsigned Bits>
u32 shuffle(u32 a, u32 b, u32) {
  using L = Lanes<Bits>;
  return L::map_unsigned(0, b, [a](u32, u32 select) { return L::zext(a, select % L::kCount); });
}

/// rd[i] = (next bit of b[i] ? rs1 : rd)[b[i]]
template <unsigned Bits>
u32 shuffle2(u32 a, u32 b, u32 d) {
  using L = Lanes<Bits>;
  return L::map_unsigned(0, b, [a, d](u32, u32 select) {
    return L::zext((select & L::kCount) != 0 ? a : d, select % L::kCount);
  });
}

/// rd[1] = rs1[I1], rd[0] = rs1[I0]
Flow shuffle_sci_h(HartState& h, const Insn& i) {
  const u32 imm = static_cast<u32>(i.imm);
  h.write(i.rd, shuffle<16>(h.x[i.rs1], (imm >> 1 & 1) << 16 | (imm & 1), 0));
  return Flow::Next;
}

/// rd[3] = rs1[Top], rd[2] = rs1[I5:I4], rd[1] = rs1[I3:I2], rd[0] = rs1[I1:I0]
template <u32 Top>
Flow shuffle_sci_b(HartState& h, const Insn& i) {
  const u32 imm = static_cast<u32>(i.imm);
  const u32 select = Top << 24 | (imm >> 4 & 3) << 16 | (imm >> 2 & 3) << 8 | (imm & 3);
  h.write(i.rd, shuffle<8>(h.x[i.rs1], select, 0));
  return Flow::Next;
}

u32 pack(u32, u32 a, u32 b) { return a << 16 | (b & 0xffff); }
u32 pack_h(u32, u32 a, u32 b) { return (a >> 16 << 16) | b >> 16; }
u32 packhi_b(u32 d, u32 a, u32 b) { return (a & 0xff) << 24 | (b & 0xff) << 16 | (d & 0xffff); }
u32 packlo_b(u32 d, u32 a, u32 b) { return (d & 0xffff0000) | (a & 0xff) << 8 | (b & 0xff); }

// Complex numbers: lane 0 is the real part, lane 1 the imaginary part.
using L16 = Lanes<16>;
u32 re(u32 x) { return L16::sext(x, 0); }
u32 im(u32 x) { return L16::sext(x, 1); }
u32 complex(u32 imaginary, u32 real) { return L16::place(imaginary, 1) | L16::place(real, 0); }

template <unsigned Shift>
u32 cplxmul_r(u32 d, u32 a, u32 b) {
  return complex(im(d), sra(re(a) * re(b) - im(a) * im(b), 15 + Shift));
}
template <unsigned Shift>
u32 cplxmul_i(u32 d, u32 a, u32 b) {
  return complex(sra(re(a) * im(b) + im(a) * re(b), 15 + Shift), re(d));
}
u32 cplxconj(u32 a) { return complex(0 - im(a), re(a)); }

/// Half-word modulo 2^16, then an arithmetic shift.
template <unsigned Shift>
u32 scaled(u32 x) {
  return sra(sign_extend(x, 16), Shift);
}
template <unsigned Shift>
u32 subrotmj(u32, u32 a, u32 b) {
  return complex(scaled<Shift>(re(b) - re(a)), scaled<Shift>(im(a) - im(b)));
}
template <unsigned Shift>
u32 add_div(u32, u32 a, u32 b) {
  return complex(scaled<Shift>(im(a) + im(b)), scaled<Shift>(re(a) + re(b)));
}
template <unsigned Shift>
u32 sub_div(u32, u32 a, u32 b) {
  return complex(scaled<Shift>(im(a) - im(b)), scaled<Shift>(re(a) - re(b)));
}

template <unsigned Bits, Source2 S>
Execute lane_handler(Op op) {
  using L = Lanes<Bits>;
  if (const Execute common = common_simd_handler<Bits, S>(op)) return common;
  switch (op) {
    case Op::SimdOr:
      return simd<bit_or, Bits, S>;
    case Op::SimdXor:
      return simd<bit_xor, Bits, S>;
    case Op::SimdAnd:
      return simd<bit_and, Bits, S>;
    case Op::SimdCmpeq:
      return simd<L::cmpeq, Bits, S>;
    case Op::SimdCmpne:
      return simd<L::cmpne, Bits, S>;
    case Op::SimdCmpgt:
      return simd<L::cmpgt, Bits, S>;
    case Op::SimdCmpge:
      return simd<L::cmpge, Bits, S>;
    case Op::SimdCmplt:
      return simd<L::cmplt, Bits, S>;
    case Op::SimdCmple:
      return simd<L::cmple, Bits, S>;
    case Op::SimdCmpgtu:
      return simd<L::cmpgtu, Bits, S>;
    case Op::SimdCmpgeu:
      return simd<L::cmpgeu, Bits, S>;
    case Op::SimdCmpltu:
      return simd<L::cmpltu, Bits, S>;
    case Op::SimdCmpleu:
      return simd<L::cmpleu, Bits, S>;
    case Op::SimdExtract:
      return extract<Bits>;
    case Op::SimdExtractu:
      return extractu<Bits>;
    case Op::SimdInsert:
      return insert<Bits>;
    case Op::SimdShuffle:
      return S == Source2::Immediate ? shuffle_sci_h : simd<shuffle<Bits>, Bits, S>;
    case Op::SimdShuffle2:
      return simd<shuffle2<Bits>, Bits, S>;
    case Op::SimdShuffleI0:
      return shuffle_sci_b<0>;
    case Op::SimdShuffleI1:
      return shuffle_sci_b<1>;
    case Op::SimdShuffleI2:
      return shuffle_sci_b<2>;
    case Op::SimdShuffleI3:
      return shuffle_sci_b<3>;
    default:
      return nullptr;
  }
}

template <unsigned Bits>
Execute lane_handler(const InsnSpec& spec) {
  switch (spec.source2) {
    case Source2::Register:
      return lane_handler<Bits, Source2::Register>(spec.op);
    case Source2::Scalar:
      return lane_handler<Bits, Source2::Scalar>(spec.op);
    case Source2::Immediate:
      return lane_handler<Bits, Source2::Immediate>(spec.op);
  }
  return nullptr;
}

Execute pack_or_complex_handler(Op op) {
  switch (op) {
    case Op::CvPack:
      return rd_reg_reg<pack>;
    case Op::CvPackH:
      return rd_reg_reg<pack_h>;
    case Op::CvPackhiB:
      return rd_reg_reg<packhi_b>;
    case Op::CvPackloB:
      return rd_reg_reg<packlo_b>;
    case Op::CvCplxmulR:
      return rd_reg_reg<cplxmul_r<0>>;
    case Op::CvCplxmulRDiv2:
      return rd_reg_reg<cplxmul_r<1>>;
    case Op::CvCplxmulRDiv4:
      return rd_reg_reg<cplxmul_r<2>>;
    case Op::CvCplxmulRDiv8:
      return rd_reg_reg<cplxmul_r<3>>;
    case Op::CvCplxmulI:
      return rd_reg_reg<cplxmul_i<0>>;
    case Op::CvCplxmulIDiv2:
      return rd_reg_reg<cplxmul_i<1>>;
    case Op::CvCplxmulIDiv4:
      return rd_reg_reg<cplxmul_i<2>>;
    case Op::CvCplxmulIDiv8:
      return rd_reg_reg<cplxmul_i<3>>;
    case Op::CvCplxconj:
      return unary<cplxconj>;
    case Op::CvSubrotmj:
      return rd_reg_reg<subrotmj<0>>;
    case Op::CvSubrotmjDiv2:
      return rd_reg_reg<subrotmj<1>>;
    case Op::CvSubrotmjDiv4:
      return rd_reg_reg<subrotmj<2>>;
    case Op::CvSubrotmjDiv8:
      return rd_reg_reg<subrotmj<3>>;
    case Op::CvAddDiv2:
      return rd_reg_reg<add_div<1>>;
    case Op::CvAddDiv4:
      return rd_reg_reg<add_div<2>>;
    case Op::CvAddDiv8:
      return rd_reg_reg<add_div<3>>;
    case Op::CvSubDiv2:
      return rd_reg_reg<sub_div<1>>;
    case Op::CvSubDiv4:
      return rd_reg_reg<sub_div<2>>;
    case Op::CvSubDiv8:
      return rd_reg_reg<sub_div<3>>;
    default:
      return nullptr;
  }
}

}  // namespace

Execute corev_simd_handler(const InsnSpec& spec) {
  if (const Execute handler = pack_or_complex_handler(spec.op)) return handler;
  if (spec.lane == Lane::Half) return lane_handler<16>(spec);
  if (spec.lane == Lane::Byte) return lane_handler<8>(spec);
  return nullptr;
}

}  // namespace freebits::isa
