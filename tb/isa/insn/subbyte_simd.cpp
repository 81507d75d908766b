// SPDX-License-Identifier: Apache-2.0
// xpulpnn: 4-bit (.n) and 2-bit (.c) SIMD.
#include "tb/isa/insn/lanes.hpp"

namespace freebits::isa {
namespace {

template <unsigned Bits>
Execute handler(const InsnSpec& spec) {
  return spec.source2 == Source2::Scalar ? common_simd_handler<Bits, Source2::Scalar>(spec.op)
                                         : common_simd_handler<Bits, Source2::Register>(spec.op);
}

}  // namespace

Execute subbyte_simd_handler(const InsnSpec& spec) {
  if (spec.lane == Lane::Nibble) return handler<4>(spec);
  if (spec.lane == Lane::Crumb) return handler<2>(spec);
  return nullptr;
}

}  // namespace freebits::isa
