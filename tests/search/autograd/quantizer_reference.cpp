// SPDX-License-Identifier: Apache-2.0
#include "quantizer_reference.hpp"

#include <algorithm>
#include <cmath>

namespace freebits::search::test {
namespace {

constexpr double kDoubt = 0.01;  // of a step

bool near_middle(double v) { return std::abs(v - std::floor(v) - 0.5) < kDoubt; }

/// A number and its derivative.
struct Dual {
  double value, slope;
};
Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
Dual operator*(Dual a, Dual b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
Dual operator/(Dual a, Dual b) {
  return {a.value / b.value, (a.slope * b.value - a.value * b.slope) / (b.value * b.value)};
}
Dual operator*(double a, Dual b) { return {a * b.value, a * b.slope}; }
Dual relu(Dual a) { return a.value > 0 ? a : Dual{0, 0}; }
Dual round_through(Dual a) { return {std::nearbyint(a.value), a.slope}; }

struct Residual {
  Dual x2, x4, x8;
};

Residual residual_of(Dual x, Dual beta, bool is_signed) {
  const Dual zero{0, 0}, alpha = is_signed ? zero - beta : zero;
  const Dual xmax = (1 - 1e-7) * beta, xmin = is_signed ? zero - xmax : zero;
  const Dual xc = xmax - relu(xmax - xmin - relu(x - xmin));
  const Dual s2 = (1.0 / 3) * (beta - alpha), s4 = (1.0 / 5) * s2, s8 = (1.0 / 17) * s4;
  const Dual x2 = s2 * round_through(xc / s2);
  const Dual x4 = s4 * round_through((xc - x2) / s4);
  return {x2, x4, s8 * round_through((xc - x2 - x4) / s8)};
}

}  // namespace

Range range_of(double t, const Grid& grid) {
  const double n = std::exp2(grid.bits), low = grid.is_signed ? -t : 0;
  const double high = grid.is_signed ? t * (n - 2) / n : t;
  return {low, high, (high - low) / (n - 1)};
}

double quantized(double x, const Range& range) {
  return range.step * std::nearbyint(std::clamp(x, range.low, range.high) / range.step);
}

bool is_doubtful(double x, const Range& range) {
  const auto close = [&](double end) { return std::abs(x - end) < kDoubt * range.step; };
  return near_middle(x / range.step) || close(range.low) || close(range.high);
}

GatedParts independent_parts(double x, double t, bool is_signed) {
  const auto at = [&](unsigned bits) { return quantized(x, range_of(t, {bits, is_signed})); };
  return {at(2), at(4) - at(2), at(8) - at(4)};
}

bool is_doubtful_for_gates(double x, double t, bool is_signed, GatedForm form) {
  if (form == GatedForm::Independent) {
    return is_doubtful(x, range_of(t, {2, is_signed})) ||
           is_doubtful(x, range_of(t, {4, is_signed})) ||
           is_doubtful(x, range_of(t, {8, is_signed}));
  }
  if (std::abs(std::abs(x) - t) < 1e-4 * t || std::abs(x) < 1e-4 * t) return true;
  const double xc = std::clamp(x, is_signed ? -t : 0, t);
  const double s2 = (is_signed ? 2 * t : t) / 3, s4 = s2 / 5, s8 = s4 / 17;
  if (std::abs(x) >= t) return false;  // the ends are what they are
  const double x2 = s2 * std::nearbyint(xc / s2), x4 = s4 * std::nearbyint((xc - x2) / s4);
  return near_middle(xc / s2) || near_middle((xc - x2) / s4) || near_middle((xc - x2 - x4) / s8);
}

ResidualResult residual(double x, double beta, bool is_signed, double z4, double z8) {
  const auto total = [&](const Residual& r) { return r.x2 + z4 * (r.x4 + z8 * r.x8); };
  const Residual by_x = residual_of({x, 1}, {beta, 0}, is_signed);
  const Residual by_beta = residual_of({x, 0}, {beta, 1}, is_signed);
  return {.parts = {by_x.x2.value, by_x.x4.value, by_x.x8.value},
          .value = total(by_x).value,
          .by_x = total(by_x).slope,
          .by_beta = total(by_beta).slope};
}

Values values_for(Random& random, std::size_t count, const Exact& thresholds, double reach,
                  const std::function<bool(double x, double t)>& doubtful) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double t = thresholds[i % thresholds.size()];
    do values[i] = random.between(static_cast<float>(-reach * t), static_cast<float>(reach * t));
    while (doubtful(static_cast<double>(values[i]), t));
  }
  return values;
}

}  // namespace freebits::search::test
