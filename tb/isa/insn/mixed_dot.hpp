// SPDX-License-Identifier: Apache-2.0
// The dot product of two widths that `mixed` and `flexv` share (rtl/README.md).
#pragma once

#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {

/// Which operands are signed: up neither, usp the weights, sp both.
enum class Signs { Up, Usp, Sp };

/// Sum of products of activations and weights, in the formats and at the slice of `state`.
template <Signs S>
[[nodiscard]] u32 mixed_dot(const MixedState& state, u32 activations, u32 weights);

/// Moves on to the next slice once the present one has served fbskip dot products.
void advance_slice(MixedState& state);

extern template u32 mixed_dot<Signs::Up>(const MixedState&, u32, u32);
extern template u32 mixed_dot<Signs::Usp>(const MixedState&, u32, u32);
extern template u32 mixed_dot<Signs::Sp>(const MixedState&, u32, u32);

}  // namespace freebits::isa
