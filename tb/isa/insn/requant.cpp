// SPDX-License-Identifier: Apache-2.0
// xpulpnn: requantization, from a sum to one lane of the packed output (rtl/README.md).
#include <algorithm>

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

// Fields of fbquant.
unsigned shift_of(u32 fbquant) { return fbquant & 31; }
unsigned pre_of(u32 fbquant) { return fbquant >> 8 & 31; }
unsigned width_of(u32 fbquant) { return 8u >> (fbquant >> 16 & 3); }
bool is_signed(u32 fbquant) { return (fbquant >> 20 & 1) != 0; }

Flow scale(HartState& h, const Insn& i) {
  const std::int64_t sum = as_signed(h.x[i.rs1] << pre_of(h.quant));
  h.write(i.rd, static_cast<u32>(sum * std::int64_t{h.x[i.rs2]} >> 32));
  return Flow::Next;
}

Flow qnt(HartState& h, const Insn& i) {
  const unsigned shift = shift_of(h.quant);
  const unsigned width = width_of(h.quant);
  const u32 rounding = shift == 0 ? 0 : u32{1} << (shift - 1);
  const i32 levels = 1 << width;
  const i32 low = is_signed(h.quant) ? -levels / 2 : 0;
  const i32 value =
      std::clamp(as_signed(sra(h.x[i.rs1] + h.x[i.rs2] + rounding, shift)), low, low + levels - 1);
  const unsigned at = static_cast<unsigned>(i.imm) * width % 32;
  const u32 mask = static_cast<u32>(levels - 1) << at;
  h.write(i.rd, (h.x[i.rd] & ~mask) | (static_cast<u32>(value) << at & mask));
  return Flow::Next;
}

}  // namespace

Execute requant_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::FbScale:
      return scale;
    case Op::FbQnt:
      return qnt;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
