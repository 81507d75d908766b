// SPDX-License-Identifier: Apache-2.0
// XCValu and XCVbi.
#include <algorithm>

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

u32 abs(u32 a) { return as_signed(a) < 0 ? 0 - a : a; }
u32 slet(u32 a, u32 b) { return as_signed(a) <= as_signed(b) ? 1 : 0; }
u32 sletu(u32 a, u32 b) { return a <= b ? 1 : 0; }
u32 min(u32 a, u32 b) { return as_signed(a) < as_signed(b) ? a : b; }
u32 minu(u32 a, u32 b) { return std::min(a, b); }
u32 max(u32 a, u32 b) { return as_signed(a) > as_signed(b) ? a : b; }
u32 maxu(u32 a, u32 b) { return std::max(a, b); }
u32 exths(u32 a) { return sign_extend(a, 16); }
u32 exthz(u32 a) { return a & 0xffff; }
u32 extbs(u32 a) { return sign_extend(a, 8); }
u32 extbz(u32 a) { return a & 0xff; }

/// All comparisons signed, the lower bound first.
u32 clip_between(u32 a, u32 low, u32 high) {
  if (as_signed(a) <= as_signed(low)) return low;
  if (as_signed(a) >= as_signed(high)) return high;
  return a;
}

u32 clipr(u32 a, u32 bound) { return clip_between(a, ~bound, bound); }
u32 clipur(u32 a, u32 bound) { return clip_between(a, 0, bound); }

/// 2^(Is2-1) - 1, 0 when Is2 = 0
u32 clip_bound(u32 is2) { return is2 == 0 ? 0 : (1u << (is2 - 1)) - 1; }
u32 clip(u32 a, u32 is2) { return clipr(a, clip_bound(is2)); }
u32 clipu(u32 a, u32 is2) { return clipur(a, clip_bound(is2)); }

enum class Sum { Add, Sub };

/// (a ± b [+ 2^(amount-1)]) >> amount, modulo 2^32 before the shift
template <Sum S, bool Signed, bool Round>
u32 normalize(u32 a, u32 b, u32 amount) {
  u32 sum = S == Sum::Add ? a + b : a - b;
  if (Round && amount != 0) sum += 1u << (amount - 1);
  return Signed ? sra(sum, amount) : sum >> amount;
}

/// rd = (rs1 ± rs2) >> Is3
template <Sum S, bool Signed, bool Round>
Flow by_immediate(HartState& h, const Insn& i) {
  h.write(i.rd, normalize<S, Signed, Round>(h.x[i.rs1], h.x[i.rs2], static_cast<u32>(i.imm)));
  return Flow::Next;
}

/// rd = (rd ± rs1) >> rs2[4:0]
template <Sum S, bool Signed, bool Round>
u32 by_register(u32 rd, u32 rs1, u32 rs2) {
  return normalize<S, Signed, Round>(rd, rs1, rs2 & 31);
}

/// Imm5 is signed.
template <bool TakenIfEqual>
Flow branch_immediate(HartState& h, const Insn& i) {
  if ((h.x[i.rs1] == static_cast<u32>(i.imm2)) != TakenIfEqual) return Flow::Next;
  ++h.counters.taken_branches;
  return h.jump(i.pc + static_cast<u32>(i.imm));
}

}  // namespace

Execute corev_alu_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::CvAbs:
      return unary<abs>;
    case Op::CvSlet:
      return reg_reg<slet>;
    case Op::CvSletu:
      return reg_reg<sletu>;
    case Op::CvMin:
      return reg_reg<min>;
    case Op::CvMinu:
      return reg_reg<minu>;
    case Op::CvMax:
      return reg_reg<max>;
    case Op::CvMaxu:
      return reg_reg<maxu>;
    case Op::CvExths:
      return unary<exths>;
    case Op::CvExthz:
      return unary<exthz>;
    case Op::CvExtbs:
      return unary<extbs>;
    case Op::CvExtbz:
      return unary<extbz>;
    case Op::CvClip:
      return reg_imm<clip>;
    case Op::CvClipu:
      return reg_imm<clipu>;
    case Op::CvClipr:
      return reg_reg<clipr>;
    case Op::CvClipur:
      return reg_reg<clipur>;
    case Op::CvAddn:
      return by_immediate<Sum::Add, true, false>;
    case Op::CvAddun:
      return by_immediate<Sum::Add, false, false>;
    case Op::CvAddrn:
      return by_immediate<Sum::Add, true, true>;
    case Op::CvAddurn:
      return by_immediate<Sum::Add, false, true>;
    case Op::CvSubn:
      return by_immediate<Sum::Sub, true, false>;
    case Op::CvSubun:
      return by_immediate<Sum::Sub, false, false>;
    case Op::CvSubrn:
      return by_immediate<Sum::Sub, true, true>;
    case Op::CvSuburn:
      return by_immediate<Sum::Sub, false, true>;
    case Op::CvAddnr:
      return rd_reg_reg<by_register<Sum::Add, true, false>>;
    case Op::CvAddunr:
      return rd_reg_reg<by_register<Sum::Add, false, false>>;
    case Op::CvAddrnr:
      return rd_reg_reg<by_register<Sum::Add, true, true>>;
    case Op::CvAddurnr:
      return rd_reg_reg<by_register<Sum::Add, false, true>>;
    case Op::CvSubnr:
      return rd_reg_reg<by_register<Sum::Sub, true, false>>;
    case Op::CvSubunr:
      return rd_reg_reg<by_register<Sum::Sub, false, false>>;
    case Op::CvSubrnr:
      return rd_reg_reg<by_register<Sum::Sub, true, true>>;
    case Op::CvSuburnr:
      return rd_reg_reg<by_register<Sum::Sub, false, true>>;
    case Op::CvBeqimm:
      return branch_immediate<true>;
    case Op::CvBneimm:
      return branch_immediate<false>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
