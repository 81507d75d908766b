// SPDX-License-Identifier: Apache-2.0
#include "models/layers/rescale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits::models {
namespace {

constexpr unsigned kLargestShift = 30, kSmallestShift = 8;
constexpr double kLimit = 2147483648.0;    // of 32 bits with sign
constexpr double kMostAddition = 1 << 14;  // steps

/// Whether channel `c` stays within 32 bits, intermediate sums included.
bool fits(const RealChannel& c, unsigned pre, unsigned shift) {
  const double step = std::ldexp(1.0, static_cast<int>(shift));
  const double most = (static_cast<double>(c.bound) * c.scale + std::abs(c.bias) + 0.5) * step + 2;
  const double mul = std::ldexp(c.scale, static_cast<int>(32 + shift) - static_cast<int>(pre));
  return most < kLimit && std::round(mul) < 2 * kLimit;
}

void check(const RealChannel& c, std::size_t i) {
  if (!(c.scale > 0) || !std::isfinite(c.scale) || !std::isfinite(c.bias)) {
    throw Error(fmt::format(
        "channel {}: scale {} and bias {}; expected a positive scale and finite numbers", i,
        c.scale, c.bias));
  }
  if (c.bound < 0 || c.bound >= static_cast<std::int64_t>(kLimit)) {
    throw Error(
        fmt::format("channel {}: accumulators up to {}; expected less than 2^31", i, c.bound));
  }
}

/// How far accumulators can be shifted left: what the largest of them leaves of 32 bits.
unsigned shared_pre(const std::vector<RealChannel>& channels) {
  std::int64_t bound = 1;
  for (const RealChannel& c : channels) bound = std::max(bound, c.bound);
  unsigned pre = 0;
  while (pre < 30 && bound << (pre + 1) < static_cast<std::int64_t>(kLimit)) ++pre;
  return pre;
}

/// Why a channel does not fit: `mul` has 32 bits, and so have the sums.
[[noreturn]] void refuse(const RealChannel& c, std::size_t i, unsigned pre) {
  const double most = std::ldexp(1.0, static_cast<int>(pre) - static_cast<int>(kSmallestShift));
  if (c.scale >= most) {
    throw Error(fmt::format(
        "channel {}: scale {}; expected less than {}, as accumulators of the layer are shifted "
        "left by {} (mul has 32 bits, shift is at least {})",
        i, c.scale, most, pre, kSmallestShift));
  }
  throw Error(
      fmt::format("channel {}: accumulators up to {} at scale {} with bias {}; expected a range "
                  "below 2^{} steps (sums have 32 bits, shift is at least {})",
                  i, c.bound, c.scale, c.bias, 31 - kSmallestShift, kSmallestShift));
}

/// The same output, within what there is to see of it, for all accumulators.
RealChannel flat(const RealChannel& c, double low, double high) {
  const auto bound = static_cast<double>(std::max<std::int64_t>(1, c.bound));
  return {.scale = 0.25 / bound,
          .bias = std::clamp(std::floor(c.bias + 0.5), low - 1, high + 1),
          .bound = c.bound};
}

/// Where a channel that is made less steep keeps its output: the accumulator next to its center, or
/// the last one beside it that gives an end.
double pivot(const RealChannel& c, double center, double low, double high) {
  const auto bound = static_cast<double>(c.bound);
  double at = std::isfinite(center) ? std::clamp(std::round(center), -bound, bound) : 0;
  const double there = std::fma(c.scale, at, c.bias);
  if (there < low) at = std::floor((low - c.bias) / c.scale);
  if (there > high) at = std::ceil((high - c.bias) / c.scale);
  return std::clamp(at, -bound, bound);
}

/// As steep as requantization can be, around its pivot.
RealChannel flattened(const RealChannel& c, double center, unsigned pre, double low, double high) {
  const double at = pivot(c, center, low, high);
  const double there = std::clamp(std::fma(c.scale, at, c.bias), low, high);
  const double most_sum = std::ldexp(kLimit - 4, -static_cast<int>(kSmallestShift));
  const double by_sum =
      (most_sum - 0.5 - std::abs(there)) / (static_cast<double>(c.bound) + std::abs(at));
  const double by_mul =
      std::ldexp(2 * kLimit - 2, static_cast<int>(pre) - 32 - static_cast<int>(kSmallestShift));
  const double scale = std::min({c.scale, by_sum, by_mul});
  return {.scale = scale, .bias = std::fma(-scale, at, there), .bound = c.bound};
}

/// Of two channels' outputs, clipped but not rounded, over all accumulators. Both are lines but for
/// their ends, so that the difference is largest beside an end.
double largest_difference(const RealChannel& a, const RealChannel& b, double low, double high) {
  const auto bound = static_cast<double>(a.bound);
  const auto output = [&](const RealChannel& c, double acc) {
    return std::clamp(std::fma(c.scale, acc, c.bias), low, high);
  };
  double largest = 0;
  const auto look_at = [&](double acc) {
    const double whole = std::clamp(acc, -bound, bound);
    largest = std::max(largest, std::abs(output(a, whole) - output(b, whole)));
  };
  for (const RealChannel* c : {&a, &b}) {
    for (const double end : {low, high}) {
      const double at = std::round((end - c->bias) / c->scale);
      for (const double near : {at - 1, at, at + 1}) look_at(near);
    }
  }
  look_at(-bound);
  look_at(bound);
  return largest;
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
  const double there = std::clamp(std::fma(crossing, c.scale, c.bias), first - 1, last + 1);
  return {.scale = steep, .bias = there - steep * crossing, .bound = c.bound};
}

Requantization make_requantization(const std::vector<RealChannel>& channels) {
  for (std::size_t i = 0; i < channels.size(); ++i) check(channels[i], i);
  Requantization r;
  const unsigned pre = shared_pre(channels);
  unsigned shift = kLargestShift;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    while (shift >= kSmallestShift && !fits(channels[i], pre, shift)) --shift;
    if (shift < kSmallestShift) refuse(channels[i], i, pre);
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

LimitedRequantization limited_requantization(std::vector<RealChannel> channels, std::int32_t low,
                                             std::int32_t high) {
  std::vector<RealChannel> computed;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    RealChannel& c = channels[i];
    if (c.scale == 0) c = flat(c, low, high);
    check(c, i);
    computed.push_back(within(c, low, high));
  }
  LimitedRequantization result;
  const unsigned pre = shared_pre(channels);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (fits(computed[i], pre, kSmallestShift)) continue;
    computed[i] = flattened(computed[i], channels[i].center, pre, low, high);
    const double error = largest_difference(channels[i], computed[i], low, high);
    if (error > 0)
      result.limited.push_back({.channel = i,
                                .scale = channels[i].scale,
                                .computed = computed[i].scale,
                                .error = error});
  }
  result.requantization = make_requantization(computed);
  return result;
}

LimitedAddition limited_addition(double scale_a, std::int32_t bound_a, double scale_b,
                                 std::int32_t bound_b, std::int32_t low, std::int32_t high) {
  const double most = scale_a * bound_a + scale_b * bound_b;
  if (most < kMostAddition - 1 || !std::isfinite(most))
    return {.addition = make_addition(scale_a, bound_a, scale_b, bound_b)};
  const double factor = (kMostAddition - 2) / most;
  return {.addition = make_addition(scale_a * factor, bound_a, scale_b * factor, bound_b),
          .error = std::max<double>(high, -low) * (1 - factor)};
}

fb_addition make_addition(double scale_a, std::int32_t bound_a, double scale_b,
                          std::int32_t bound_b) {
  const double most = scale_a * bound_a + scale_b * bound_b + 1;
  if (!(scale_a > 0) || !(scale_b > 0) || !(most < kMostAddition)) {
    throw Error(fmt::format(
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
