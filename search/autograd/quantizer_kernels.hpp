// SPDX-License-Identifier: Apache-2.0
// Fake quantization of one vector, forward and backward, for each kind of quantizer. `kSums` values
// of each lane are summed up by who calls gradient(); quantizer_state.cpp makes of them the
// gradients of thresholds and gates.
#pragma once

#include "search/autograd/numeric/simd.hpp"

namespace freebits::search::kernels {

using simd::Vec;

struct NoQuantizer {
  static constexpr unsigned kSums = 0;
  [[nodiscard]] Vec apply(Vec y) const { return y; }
  Vec gradient(Vec /*y*/, Vec g, Vec* /*sums*/) const { return g; }
};

/// One grid. Values in steps; inside [low, high) the gradient passes straight through.
struct UniformKernel {
  static constexpr unsigned kSums = 3;
  Vec inverse, step, low, high;

  /// Rounded before it is clipped: the ends are integers, and the product costs nothing.
  [[nodiscard]] Vec steps(Vec y) const {
    const Vec shifted = y * inverse + simd::kToInteger;
    return simd::min(high + simd::kToInteger, simd::max(low + simd::kToInteger, shifted)) -
           simd::kToInteger;
  }
  [[nodiscard]] Vec apply(Vec y) const { return steps(y) * step; }

  /// Sums: g · (rounded - value) inside, g above, g below, in steps.
  Vec gradient(Vec y, Vec g, Vec* sums) const {
    const Vec v = y * inverse, zero{};
    const auto above = v >= high, below = v < low;
    const Vec inside = above ? zero : (below ? zero : g);
    sums[0] += inside * (steps(y) - v);
    sums[1] += above ? g : zero;
    sums[2] += below ? g : zero;
    return inside;
  }
};

/// Values of form A, Q2 + z4 · ((Q4 - Q2) + z8 · (Q8 - Q4)), as a sum of those grids whose factor
/// is not 0; `step` is times the factor.
template <unsigned kGrids>
struct MixtureKernel {
  UniformKernel grids[kGrids];

  [[nodiscard]] Vec apply(Vec y) const {
    Vec sum = grids[0].apply(y);
    for (unsigned i = 1; i < kGrids; ++i) sum += grids[i].apply(y);
    return sum;
  }
};

/// Gradients of form A: differences of grids are detached for values, which learn through Q2.
struct IndependentKernel {
  static constexpr unsigned kSums = 5;
  UniformKernel q2, q4, q8;

  /// Sums: Q2's, then g · (Q4 - Q2) and g · (Q8 - Q4).
  Vec gradient(Vec y, Vec g, Vec* sums) const {
    const Vec x2 = q2.apply(y), x4 = q4.apply(y), x8 = q8.apply(y);
    sums[3] += g * (x4 - x2);
    sums[4] += g * (x8 - x4);
    return q2.gradient(y, g, sums);
  }
};

/// Form B: x2 + z4 · (x4 + z8 · x8) of values clipped to [low, high]; each grid has the residual of
/// the one before. Steps are s2, s2 / 5, s2 / 85.
struct ResidualKernel {
  static constexpr unsigned kSums = 5;
  Vec inverse2, s2, low, high;
  Vec z4, z8;
  static constexpr float k4 = 5, k8 = 17;  // s2 / s4, s4 / s8

  struct Parts {
    Vec x2, x4, x8;  // what each grid adds
    Vec e2, e4, e8;  // rounding errors, in units of the grid
  };
  [[nodiscard]] Parts parts(Vec x) const {
    Parts p;
    const Vec s4 = s2 / k4, s8 = s4 / k8, inverse4 = inverse2 * k4, inverse8 = inverse4 * k8;
    const Vec v2 = x * inverse2, r2 = simd::round(v2);
    p.x2 = r2 * s2;
    const Vec v4 = (x - p.x2) * inverse4, r4 = simd::round(v4);
    p.x4 = r4 * s4;
    const Vec v8 = (x - p.x2 - p.x4) * inverse8, r8 = simd::round(v8);
    p.x8 = r8 * s8;
    p.e2 = r2 - v2;
    p.e4 = r4 - v4;
    p.e8 = r8 - v8;
    return p;
  }
  [[nodiscard]] Vec clipped(Vec y) const { return simd::min(high, simd::max(low, y)); }
  [[nodiscard]] Vec apply(Vec y) const {
    const Parts p = parts(clipped(y));
    return p.x2 + z4 * (p.x4 + z8 * p.x8);
  }
  /// Sums: what s2 gets from the grids, g above, g below, then g · (x4 + z8 · x8) and g · z4 · x8.
  Vec gradient(Vec y, Vec g, Vec* sums) const {
    const Parts p = parts(clipped(y));
    const Vec zero{};
    const auto above = y > high, below = y < low;
    constexpr float kShare4 = 1 / k4, kShare8 = 1 / (k4 * k8);
    const Vec d2 = p.e2, d4 = p.e4 * kShare4 - d2, d8 = p.e8 * kShare8 - p.e4 * kShare4;
    const Vec all = d2 + z4 * (d4 + z8 * d8);
    sums[0] += g * all;  // clipped values too: they move with the grids
    sums[1] += above ? g : zero;
    sums[2] += below ? g : zero;
    sums[3] += g * (p.x4 + z8 * p.x8);
    sums[4] += g * z4 * p.x8;
    return (above | below) ? zero : g;
  }
};

}  // namespace freebits::search::kernels
