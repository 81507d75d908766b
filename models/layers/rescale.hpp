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
  double center = 0;       ///< accumulators lie around it: where it counts most to be right
};

/// A channel with the same outputs, clipped to [low, high], for every accumulator, and no more
/// range than they need. Training leaves channels that are always at one end, or cross from one to
/// the other within a step of the accumulator; their scale and bias can be anything.
[[nodiscard]] RealChannel within(const RealChannel& channel, std::int32_t low, std::int32_t high);

/// The best parameters for the channels: nothing overflows for accumulators within the bounds, and
/// an output differs from the real one, rounded half up, by at most 2^-14 of its size and
/// 2^(1 - shift) of a step before rounding. Throws Error naming the channel whose
/// scale is not positive or too large, or whose range is more than 2^22 steps.
[[nodiscard]] Requantization make_requantization(const std::vector<RealChannel>& channels);

/// An output channel that is steeper than requantization can be.
struct LimitedChannel {
  std::size_t channel = 0;
  double scale = 0;     ///< wanted, in output steps by accumulator
  double computed = 0;  ///< the largest there is
  /// Steps: how far an output can be from the real one, beyond what it may be without the limit.
  double error = 0;
};

struct LimitedRequantization {
  Requantization requantization;
  std::vector<LimitedChannel> limited;  ///< none: all is as make_requantization() promises
};

/// The best parameters for channels whose outputs are clipped to [low, high], whatever their
/// scales, 0 among them: as make_requantization() of what within() leaves of them. A channel that
/// is still too steep gets the largest scale there is, turned around its center: the output there
/// is right, at both ends too, and between them off by at most the error that is returned. Channels
/// as steep come from batch norms of inputs that hardly vary, hence lie close to their center.
/// Throws Error naming a channel with a negative scale, numbers that are not
/// finite, or accumulators of more than 32 bits.
[[nodiscard]] LimitedRequantization limited_requantization(std::vector<RealChannel> channels,
                                                           std::int32_t low, std::int32_t high);

/// The best parameters for output = a · scale_a + b · scale_b, |a| at most bound_a and |b| at most
/// bound_b: nothing overflows, and an output differs from the real one by at most half a step and
/// 2^-14 of a's and b's share. Throws Error for scales that are not positive or
/// reach 2^14 steps.
[[nodiscard]] fb_addition make_addition(double scale_a, std::int32_t bound_a, double scale_b,
                                        std::int32_t bound_b);

struct LimitedAddition {
  fb_addition addition{};
  double error = 0;  ///< steps, as in LimitedChannel; 0: there is no limit in the way
};

/// As make_addition() for an output clipped to [low, high]; where the scales are too large for
/// that, both are made smaller by one factor: right at 0 and at both ends, between them off by at
/// most the error. Throws Error for scales that are not positive and finite.
[[nodiscard]] LimitedAddition limited_addition(double scale_a, std::int32_t bound_a, double scale_b,
                                               std::int32_t bound_b, std::int32_t low,
                                               std::int32_t high);

/// make_addition() with one bound for both.
[[nodiscard]] inline fb_addition make_addition(double scale_a, double scale_b, std::int32_t bound) {
  return make_addition(scale_a, bound, scale_b, bound);
}

}  // namespace freebits::models
