// SPDX-License-Identifier: Apache-2.0
// Lane arithmetic of all SIMD widths: 16 and 8 bits (XCVsimd), 4 and 2 bits (xpulpnn).
#pragma once

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {

/// Operations on 32 / Bits lanes, lane 0 in the low bits. Signature of all: (rs1, operand 2, old
/// rd).
template <unsigned Bits>
struct Lanes {
  static constexpr unsigned kCount = 32 / Bits;
  static constexpr u32 kMask = (1u << Bits) - 1;

  static constexpr u32 zext(u32 x, unsigned lane) { return x >> lane * Bits & kMask; }
  static constexpr u32 sext(u32 x, unsigned lane) { return sign_extend(x >> lane * Bits, Bits); }
  static constexpr u32 place(u32 value, unsigned lane) { return (value & kMask) << lane * Bits; }

  /// Lane 0 of x in every lane.
  static constexpr u32 replicate(u32 x) { return (x & kMask) * (~0u / kMask); }

  /// f(lane of a, lane of b) in every lane, zero- or sign-extended.
  template <typename F>
  static constexpr u32 map_unsigned(u32 a, u32 b, F f) {
    u32 result = 0;
    for (unsigned i = 0; i < kCount; ++i) result |= place(f(zext(a, i), zext(b, i)), i);
    return result;
  }
  template <typename F>
  static constexpr u32 map_signed(u32 a, u32 b, F f) {
    u32 result = 0;
    for (unsigned i = 0; i < kCount; ++i) {
      result |= place(static_cast<u32>(f(as_signed(sext(a, i)), as_signed(sext(b, i)))), i);
    }
    return result;
  }

  static u32 add(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x + y; });
  }
  static u32 sub(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x - y; });
  }
  static u32 avg(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return sra(sign_extend(x + y, Bits), 1); });
  }
  static u32 avgu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return ((x + y) & kMask) >> 1; });
  }
  static u32 min(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x < y ? x : y; });
  }
  static u32 minu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x < y ? x : y; });
  }
  static u32 max(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x > y ? x : y; });
  }
  static u32 maxu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x > y ? x : y; });
  }
  static u32 abs(u32 a, u32, u32) {
    return map_signed(a, a, [](i32 x, i32) { return x < 0 ? -x : x; });
  }

  // Shift amounts are the low log2(Bits) bits of the lane.
  static u32 srl(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x >> (y & (Bits - 1)); });
  }
  static u32 sra_lanes(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x >> (static_cast<u32>(y) & (Bits - 1)); });
  }
  static u32 sll(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x << (y & (Bits - 1)); });
  }

  // Comparisons give all ones or all zeros.
  static u32 cmpeq(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x == y ? kMask : 0; });
  }
  static u32 cmpne(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x != y ? kMask : 0; });
  }
  static u32 cmpgt(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x > y ? kMask : 0; });
  }
  static u32 cmpge(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x >= y ? kMask : 0; });
  }
  static u32 cmplt(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x < y ? kMask : 0; });
  }
  static u32 cmple(u32 a, u32 b, u32) {
    return map_signed(a, b, [](i32 x, i32 y) { return x <= y ? kMask : 0; });
  }
  static u32 cmpgtu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x > y ? kMask : 0; });
  }
  static u32 cmpgeu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x >= y ? kMask : 0; });
  }
  static u32 cmpltu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x < y ? kMask : 0; });
  }
  static u32 cmpleu(u32 a, u32 b, u32) {
    return map_unsigned(a, b, [](u32 x, u32 y) { return x <= y ? kMask : 0; });
  }

  // Dot products, modulo 2^32: up both unsigned, usp operand 1 unsigned and operand 2 signed, sp
  // both signed.
  static u32 dotup(u32 a, u32 b, u32) { return sdotup(a, b, 0); }
  static u32 dotusp(u32 a, u32 b, u32) { return sdotusp(a, b, 0); }
  static u32 dotsp(u32 a, u32 b, u32) { return sdotsp(a, b, 0); }
  static u32 sdotup(u32 a, u32 b, u32 sum) {
    for (unsigned i = 0; i < kCount; ++i) sum += zext(a, i) * zext(b, i);
    return sum;
  }
  static u32 sdotusp(u32 a, u32 b, u32 sum) {
    for (unsigned i = 0; i < kCount; ++i) sum += zext(a, i) * sext(b, i);
    return sum;
  }
  static u32 sdotsp(u32 a, u32 b, u32 sum) {
    for (unsigned i = 0; i < kCount; ++i) sum += sext(a, i) * sext(b, i);
    return sum;
  }
};

/// rd = F(rs1, operand 2, rd), operand 2 = rs2, or lane 0 of rs2 or the immediate in every lane.
template <u32 (*F)(u32, u32, u32), unsigned Bits, Source2 S>
Flow simd(HartState& h, const Insn& i) {
  u32 operand2 = 0;
  if constexpr (S == Source2::Register) operand2 = h.x[i.rs2];
  if constexpr (S == Source2::Scalar) operand2 = Lanes<Bits>::replicate(h.x[i.rs2]);
  if constexpr (S == Source2::Immediate) operand2 = Lanes<Bits>::replicate(static_cast<u32>(i.imm));
  h.write(i.rd, F(h.x[i.rs1], operand2, h.x[i.rd]));
  return Flow::Next;
}

/// The handler of an operation that exists at every lane width, null for any other.
template <unsigned Bits, Source2 S>
Execute common_simd_handler(Op op) {
  using L = Lanes<Bits>;
  switch (op) {
    case Op::SimdAdd:
      return simd<L::add, Bits, S>;
    case Op::SimdSub:
      return simd<L::sub, Bits, S>;
    case Op::SimdAvg:
      return simd<L::avg, Bits, S>;
    case Op::SimdAvgu:
      return simd<L::avgu, Bits, S>;
    case Op::SimdMin:
      return simd<L::min, Bits, S>;
    case Op::SimdMinu:
      return simd<L::minu, Bits, S>;
    case Op::SimdMax:
      return simd<L::max, Bits, S>;
    case Op::SimdMaxu:
      return simd<L::maxu, Bits, S>;
    case Op::SimdSrl:
      return simd<L::srl, Bits, S>;
    case Op::SimdSra:
      return simd<L::sra_lanes, Bits, S>;
    case Op::SimdSll:
      return simd<L::sll, Bits, S>;
    case Op::SimdAbs:
      return simd<L::abs, Bits, S>;
    case Op::SimdDotup:
      return simd<L::dotup, Bits, S>;
    case Op::SimdDotusp:
      return simd<L::dotusp, Bits, S>;
    case Op::SimdDotsp:
      return simd<L::dotsp, Bits, S>;
    case Op::SimdSdotup:
      return simd<L::sdotup, Bits, S>;
    case Op::SimdSdotusp:
      return simd<L::sdotusp, Bits, S>;
    case Op::SimdSdotsp:
      return simd<L::sdotsp, Bits, S>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
