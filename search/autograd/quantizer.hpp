// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "search/autograd/parameter.hpp"

namespace freebits::search {

/// How a threshold learns (docs/method.md section 1).
enum class ThresholdRule : std::uint8_t {
  Tqt,  ///< the parameter is log2 of the threshold (Jain et al. 2019, without powers of two)
  Lsq,  ///< the parameter is the step, its gradient scaled by 1 / sqrt(N · Qp) (Esser et al. 2019)
  Pact,  ///< the parameter is the upper end of the range (Choi et al. 2018)
};

/// Integers `low` … `high` times a step. A threshold t is the range [0, t] without sign, with sign
/// [-t, t · (n - 2) / n], n = 2^bits.
struct Grid {
  unsigned bits = 8;
  bool is_signed = false;

  [[nodiscard]] float low() const { return is_signed ? -static_cast<float>(1U << (bits - 1)) : 0; }
  [[nodiscard]] float high() const {
    return static_cast<float>((1U << (is_signed ? bits - 1 : bits)) - 1);
  }
  /// Steps in a threshold.
  [[nodiscard]] float steps() const { return is_signed ? -low() : high(); }
};

/// Uniform fake quantization to one grid, one threshold for all values or one each channel.
struct UniformQuantizer {
  Grid grid;
  ThresholdRule rule = ThresholdRule::Tqt;
  Parameter* threshold = nullptr;  ///< 1 value, or one each channel
};

/// The two published forms of quantization with gates 2 -> 4 -> 8 (docs/method.md section 2).
enum class GatedForm : std::uint8_t {
  Independent,  ///< A: grids of their own; values learn through the 2-bit one
  Residual,     ///< B: each grid quantizes what the coarser one left (van Baalen et al. 2020)
};

/// Hard-concrete gates (Louizos et al. 2018): z = clamp(s · (zeta - gamma) + gamma, 0, 1),
/// s = sigmoid((logit(u) + phi) / temperature).
struct GateShape {
  float gamma = -0.1F, zeta = 1.1F, temperature = 0.5F;
};

/// The published shape for a form.
[[nodiscard]] GateShape gate_shape(GatedForm form);

struct GatedQuantizer {
  GatedForm form = GatedForm::Independent;
  bool is_signed = false;
  Parameter* threshold = nullptr;  ///< log2 of that of all grids: 1 value, or one each channel
  Parameter* gates = nullptr;      ///< phi of the gates 2 -> 4 and 4 -> 8
  GateShape shape;
  bool per_image = false;  ///< gates are drawn for each image, not once
  std::uint64_t seed = 1;
};

/// P(z > 0) of a gate with parameter phi.
[[nodiscard]] float open_probability(float phi, const GateShape& shape);
/// Of a gate at evaluation and export: on when P(z = 0) < 0.34.
[[nodiscard]] bool is_open(float phi, const GateShape& shape);
/// Bits the gates leave: 2, 4 or 8; the first gate that is off ends the chain.
[[nodiscard]] unsigned open_bits(const GatedQuantizer& quantizer);

/// Step of a grid whose threshold parameter has this value, by its rule.
[[nodiscard]] float step_of(float parameter, ThresholdRule rule, const Grid& grid);
/// The inverse: the parameter that makes the threshold `t` > 0.
[[nodiscard]] float parameter_of(float t, ThresholdRule rule, const Grid& grid);

}  // namespace freebits::search
