// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "freebits/requantize.h"

namespace freebits::models {

/// Parameters of freebits/requantize.h for a layer.
struct Requantization {
  std::vector<fb_requant_channel> channels;
  std::uint8_t pre = 0, shift = 1;
};

/// What an output channel's accumulator stands for: output = acc · scale + bias, in steps of the
/// output.
struct RealChannel {
  double scale = 1;  ///< > 0
  double bias = 0;
  std::int64_t bound = 0;  ///< no |acc| is larger
};

/// A channel with the same outputs, clipped to [low, high], for every accumulator, and no more
/// range than they need. Training leaves channels that are always at one end, or cross from one to
/// the other within a step of the accumulator; their scale and bias can be anything.
[[nodiscard]] RealChannel within(const RealChannel& channel, std::int32_t low, std::int32_t high);

/// The best parameters for the channels: nothing overflows for accumulators within the bounds, and
/// an output differs from the real one, rounded half up, by at most 2^-14 of its size and
/// 2^(1 - shift) of a step before rounding. Throws std::invalid_argument naming the channel whose
/// scale is not positive, whose range is more than 2^22 steps, or which is too far from the others.
[[nodiscard]] Requantization make_requantization(const std::vector<RealChannel>& channels);

/// The best parameters for output = a · scale_a + b · scale_b, |a| at most bound_a and |b| at most
/// bound_b: nothing overflows, and an output differs from the real one by at most half a step and
/// 2^-14 of a's and b's share. Throws std::invalid_argument for scales that are not positive or
/// reach 2^14 steps.
[[nodiscard]] fb_addition make_addition(double scale_a, std::int32_t bound_a, double scale_b,
                                        std::int32_t bound_b);

/// The same with one bound for both.
[[nodiscard]] inline fb_addition make_addition(double scale_a, double scale_b, std::int32_t bound) {
  return make_addition(scale_a, bound, scale_b, bound);
}

}  // namespace freebits::models
