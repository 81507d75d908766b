// SPDX-License-Identifier: Apache-2.0
// XCVmac.
#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

u32 mac(u32 rd, u32 rs1, u32 rs2) { return rd + rs1 * rs2; }
u32 msu(u32 rd, u32 rs1, u32 rs2) { return rd - rs1 * rs2; }

enum class Half { Low, High };

template <Half H, bool Signed>
u32 half(u32 x) {
  const u32 bits = H == Half::High ? x >> 16 : x & 0xffff;
  return Signed ? sign_extend(bits, 16) : bits;
}

/// rd = (rs1.h * rs2.h [+ rd] [+ 2^(Is3-1)]) >> Is3, modulo 2^32 before the shift
template <Half H, bool Signed, bool Round, bool Accumulate>
Flow half_mul(HartState& h, const Insn& i) {
  const auto shift = static_cast<unsigned>(i.imm);
  u32 sum = half<H, Signed>(h.x[i.rs1]) * half<H, Signed>(h.x[i.rs2]);
  if (Accumulate) sum += h.x[i.rd];
  if (Round && shift != 0) sum += 1u << (shift - 1);
  h.write(i.rd, Signed ? sra(sum, shift) : sum >> shift);
  return Flow::Next;
}

}  // namespace

Execute corev_mac_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::CvMac:
      return rd_reg_reg<mac>;
    case Op::CvMsu:
      return rd_reg_reg<msu>;
    case Op::CvMulun:
      return half_mul<Half::Low, false, false, false>;
    case Op::CvMulhhun:
      return half_mul<Half::High, false, false, false>;
    case Op::CvMulsn:
      return half_mul<Half::Low, true, false, false>;
    case Op::CvMulhhsn:
      return half_mul<Half::High, true, false, false>;
    case Op::CvMulurn:
      return half_mul<Half::Low, false, true, false>;
    case Op::CvMulhhurn:
      return half_mul<Half::High, false, true, false>;
    case Op::CvMulsrn:
      return half_mul<Half::Low, true, true, false>;
    case Op::CvMulhhsrn:
      return half_mul<Half::High, true, true, false>;
    case Op::CvMacun:
      return half_mul<Half::Low, false, false, true>;
    case Op::CvMachhun:
      return half_mul<Half::High, false, false, true>;
    case Op::CvMacsn:
      return half_mul<Half::Low, true, false, true>;
    case Op::CvMachhsn:
      return half_mul<Half::High, true, false, true>;
    case Op::CvMacurn:
      return half_mul<Half::Low, false, true, true>;
    case Op::CvMachhurn:
      return half_mul<Half::High, false, true, true>;
    case Op::CvMacsrn:
      return half_mul<Half::Low, true, true, true>;
    case Op::CvMachhsrn:
      return half_mul<Half::High, true, true, true>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
