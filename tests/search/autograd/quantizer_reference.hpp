// SPDX-License-Identifier: Apache-2.0
// The equations of docs/method.md sections 2 and 1, one value at a time in double precision.
#pragma once

#include "check.hpp"

namespace freebits::search::test {

/// What a threshold t means on a grid.
struct Range {
  double low, high, step;
};
[[nodiscard]] Range range_of(double t, const Grid& grid);
[[nodiscard]] double quantized(double x, const Range& range);
/// Whether float and double precision may disagree: near the middle of two integers, or an end.
[[nodiscard]] bool is_doubtful(double x, const Range& range);

/// x_q = first + z4 · (second + z8 · third), and what x_q's 2-bit gradients are taken of.
struct GatedParts {
  double first, second, third;
};
[[nodiscard]] GatedParts independent_parts(double x, double t, bool is_signed);
[[nodiscard]] bool is_doubtful_for_gates(double x, double t, bool is_signed, GatedForm form);

/// Form B by the equations, with derivatives to x and to beta: rounding passes them through.
struct ResidualResult {
  GatedParts parts;
  double value, by_x, by_beta;
};
[[nodiscard]] ResidualResult residual(double x, double beta, bool is_signed, double z4, double z8);

/// Values up to `reach` thresholds, thresholds by channel, none of them doubtful.
[[nodiscard]] Values values_for(Random& random, std::size_t count, const Exact& thresholds,
                                double reach,
                                const std::function<bool(double x, double t)>& doubtful);

}  // namespace freebits::search::test
