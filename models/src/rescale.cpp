// SPDX-License-Identifier: Apache-2.0
#include "freebits/models/rescale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace freebits::models {
namespace {

constexpr unsigned kLargestShift = 30, kSmallestShift = 8;
constexpr double kLimit = 2147483648.0;  // of 32 bits with sign

/// Whether channel `c` stays within 32 bits, intermediate sums included.
bool fits(const RealChannel& c, unsigned pre, unsigned shift) {
  const double step = std::ldexp(1.0, static_cast<int>(shift));
  const double most = (static_cast<double>(c.bound) * c.scale + std::abs(c.bias) + 0.5) * step + 2;
  const double mul = std::ldexp(c.scale, static_cast<int>(32 + shift) - static_cast<int>(pre));
  return most < kLimit && std::round(mul) < 2 * kLimit;
}

void check(const std::vector<RealChannel>& channels) {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const RealChannel& c = channels[i];
    if (!(c.scale > 0) || !std::isfinite(c.scale) || !std::isfinite(c.bias)) {
      throw std::invalid_argument(
          fmt::format("channel {}: scale {} and bias {}; expected a positive "
                      "scale and finite numbers",
                      i, c.scale, c.bias));
    }
    if (c.bound < 0 || c.bound >= static_cast<std::int64_t>(kLimit)) {
      throw std::invalid_argument(
          fmt::format("channel {}: accumulators up to {}; expected less than 2^31", i, c.bound));
    }
  }
}

}  // namespace

RealChannel within(const RealChannel& channel, std::int32_t low, std::int32_t high) {
  const RealChannel& c = channel;
  if (!(c.scale > 0) || !std::isfinite(c.scale) || !std::isfinite(c.bias))
    return c;  // refused later
  const auto bound = static_cast<double>(c.bound);
  const double first = low, last = high, reach = bound * c.scale;
  // Less than half a step over all accumulators, all of it beyond the end.
  const auto constant = [&](double end) {
    return RealChannel{.scale = 0.25 / std::max(1.0, bound), .bias = end, .bound = c.bound};
  };
  if (c.bias + reach < first + 0.5) return constant(first - 1);
  if (c.bias - reach >= last - 0.5) return constant(last + 1);
  const double steep = last - first + 2;
  if (c.scale <= steep) return c;
  // One accumulator may give an output between the ends: the neighbours of the one nearest to their
  // middle do not, nor do they with this scale.
  const double crossing =
      std::clamp(std::round(((first + last) / 2 - c.bias) / c.scale), -bound, bound);
  const double there = std::clamp(crossing * c.scale + c.bias, first - 1, last + 1);
  return {.scale = steep, .bias = there - steep * crossing, .bound = c.bound};
}

Requantization make_requantization(const std::vector<RealChannel>& channels) {
  check(channels);
  Requantization r;
  std::int64_t bound = 1;
  for (const RealChannel& c : channels) bound = std::max(bound, c.bound);
  unsigned pre = 0;
  while (pre < 30 && bound << (pre + 1) < static_cast<std::int64_t>(kLimit)) ++pre;

  unsigned shift = kLargestShift;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    while (shift >= kSmallestShift && !fits(channels[i], pre, shift)) --shift;
    if (shift < kSmallestShift) {
      throw std::invalid_argument(fmt::format(
          "channel {}: accumulators up to {} at scale {} with bias {} reach far beyond any output; "
          "expected a range of at most 2^22 steps",
          i, channels[i].bound, channels[i].scale, channels[i].bias));
    }
  }
  r.pre = static_cast<std::uint8_t>(pre);
  r.shift = static_cast<std::uint8_t>(shift);
  for (const RealChannel& c : channels) {
    const double mul = std::ldexp(c.scale, static_cast<int>(32 + shift) - static_cast<int>(pre));
    const double add = std::ldexp(c.bias, static_cast<int>(shift));
    r.channels.push_back({static_cast<std::uint32_t>(std::llround(mul)),
                          static_cast<std::int32_t>(std::llround(add))});
  }
  return r;
}

fb_addition make_addition(double scale_a, std::int32_t bound_a, double scale_b,
                          std::int32_t bound_b) {
  const double most = scale_a * bound_a + scale_b * bound_b + 1;
  if (!(scale_a > 0) || !(scale_b > 0) || !(most < 1 << 14)) {
    throw std::invalid_argument(fmt::format(
        "addition with scales {} and {}: expected positive ones whose sums stay below 2^14 steps",
        scale_a, scale_b));
  }
  unsigned shift = kLargestShift;
  while (std::ldexp(most, static_cast<int>(shift)) + bound_a + bound_b + 1.0 >= kLimit) --shift;
  const auto scaled = [&](double value) {
    return static_cast<std::int32_t>(std::llround(std::ldexp(value, static_cast<int>(shift))));
  };
  return {scaled(scale_a), scaled(scale_b), scaled(0.5), shift};
}

}  // namespace freebits::models
