// SPDX-License-Identifier: Apache-2.0
// mixed: dot products of two widths, formats and slice in CSRs.
#include <algorithm>

#include "tb/isa/insn/lanes.hpp"
#include "tb/isa/insn/mixed_dot.hpp"

namespace freebits::isa {
namespace {

// Width codes of fbfmt: 0 = 8, 1 = 4, 2 = 2 bits.
unsigned act_code(const MixedState& s) { return s.fmt & 3; }
unsigned weight_code(const MixedState& s) { return s.fmt >> 4 & 3; }

/// max(a,w) / min(a,w)
unsigned slices(const MixedState& s) {
  const unsigned a = act_code(s);
  const unsigned w = weight_code(s);
  return 1u << (std::max(a, w) - std::min(a, w));
}

/// Lanes 0 ... n-1 of the wider operand times lanes slice·n ... of the narrower one.
template <Signs S, unsigned ABits, unsigned WBits>
u32 dot(u32 activations, u32 weights, unsigned slice) {
  using A = Lanes<ABits>;
  using W = Lanes<WBits>;
  constexpr unsigned kLanes = 32 / std::max(ABits, WBits);
  if constexpr (ABits < WBits) activations >>= slice * kLanes * ABits;
  if constexpr (WBits < ABits) weights >>= slice * kLanes * WBits;
  u32 sum = 0;
  for (unsigned i = 0; i < kLanes; ++i) {
    const u32 a = S == Signs::Sp ? A::sext(activations, i) : A::zext(activations, i);
    const u32 w = S == Signs::Up ? W::zext(weights, i) : W::sext(weights, i);
    sum += a * w;
  }
  return sum;
}

using Dot = u32 (*)(u32, u32, unsigned);

/// By activation and weight code.
template <Signs S>
constexpr Dot kDots[3][3] = {
    {dot<S, 8, 8>, dot<S, 8, 4>, dot<S, 8, 2>},
    {dot<S, 4, 8>, dot<S, 4, 4>, dot<S, 4, 2>},
    {dot<S, 2, 8>, dot<S, 2, 4>, dot<S, 2, 2>},
};

template <Signs S, bool Accumulate>
Flow mixed(HartState& h, const Insn& i) {
  const u32 start = Accumulate ? h.x[i.rd] : 0;
  h.write(i.rd, start + mixed_dot<S>(h.mixed, h.x[i.rs1], h.x[i.rs2]));
  advance_slice(h.mixed);
  return Flow::Next;
}

}  // namespace

template <Signs S>
u32 mixed_dot(const MixedState& state, u32 activations, u32 weights) {
  const unsigned slice = (state.slice >> 8) % slices(state);
  return kDots<S>[act_code(state)][weight_code(state)](activations, weights, slice);
}

template u32 mixed_dot<Signs::Up>(const MixedState&, u32, u32);
template u32 mixed_dot<Signs::Usp>(const MixedState&, u32, u32);
template u32 mixed_dot<Signs::Sp>(const MixedState&, u32, u32);

void advance_slice(MixedState& state) {
  u32 count = state.slice & 0xff;
  u32 slice = state.slice >> 8;
  if (count + 1 >= std::max(state.skip, u32{1})) {
    count = 0;
    slice = (slice + 1) % slices(state);
  } else {
    ++count;
  }
  state.slice = slice << 8 | count;
}

Execute mixed_dotp_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::MixedDotup:
      return mixed<Signs::Up, false>;
    case Op::MixedDotusp:
      return mixed<Signs::Usp, false>;
    case Op::MixedDotsp:
      return mixed<Signs::Sp, false>;
    case Op::MixedSdotup:
      return mixed<Signs::Up, true>;
    case Op::MixedSdotusp:
      return mixed<Signs::Usp, true>;
    case Op::MixedSdotsp:
      return mixed<Signs::Sp, true>;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
