// SPDX-License-Identifier: Apache-2.0
// flexv: Mac&Load. A dot product on operand registers, and a load that refills one of them.
#include "tb/isa/insn/mixed_dot.hpp"

namespace freebits::isa {
namespace {

constexpr unsigned kFirstAct = 4;  // ld = 4, 5 name fba0, fba1
constexpr unsigned kNoLoad = 7;

void advance(Stream& s) {
  const u32 skip = s.skip & 0xff;
  u32 count = s.skip >> 8;
  if (skip != 0 && count + 1 >= skip) {
    s.address += s.rollback;
    count = 0;
  } else {
    s.address += s.stride;
    if (skip != 0) count = (count + 1) & 0xff;
  }
  s.skip = count << 8 | skip;
}

/// The load comes first because its fault must leave no trace; the dot product uses the registers'
/// old contents.
template <Signs S, bool Accumulate>
Flow mac_load(HartState& h, const Insn& i) {
  MixedState& m = h.mixed;
  const bool loads = i.ld != kNoLoad;
  const bool loads_act = i.ld >= kFirstAct;
  Stream& stream = loads_act ? m.activations : m.weights;
  u32 loaded = 0;
  if (loads && !h.load<4>(stream.address, loaded)) return Flow::Trap;

  if (i.rd != 0) {
    const u32 start = Accumulate ? h.x[i.rd] : 0;
    h.write(i.rd, start + mixed_dot<S>(m, m.act[i.act], m.weight[i.weight]));
    advance_slice(m);
  }
  if (loads) {
    (loads_act ? m.act[i.ld - kFirstAct] : m.weight[i.ld]) = loaded;
    advance(stream);
  }
  return Flow::Next;
}

}  // namespace

Execute mac_load_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::MlDotup:
      return mac_load<Signs::Up, false>;
    case Op::MlDotusp:
      return mac_load<Signs::Usp, false>;
    case Op::MlDotsp:
      return mac_load<Signs::Sp, false>;
    case Op::MlSdotup:
      return mac_load<Signs::Up, true>;
    case Op::MlSdotusp:
      return mac_load<Signs::Usp, true>;
    case Op::MlSdotsp:
      return mac_load<Signs::Sp, true>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
