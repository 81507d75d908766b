// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>

#include "base/error.hpp"
#include "models/layers/rescale.hpp"
#include "models/layers/types.hpp"

namespace freebits::models {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

cpp_int floor_of(const cpp_rational& value) {
  cpp_int quotient = numerator(value) / denominator(value);
  if (cpp_rational(quotient) > value) --quotient;
  return quotient;
}
cpp_rational power(int exponent) {
  const cpp_int one = 1;
  return exponent >= 0 ? cpp_rational(one << exponent) : cpp_rational(1, one << -exponent);
}

/// The definition of freebits/requantize.h in rationals.
cpp_int defined(std::int64_t acc, fb_requant_channel channel, unsigned pre, unsigned shift) {
  const cpp_int t =
      floor_of(cpp_rational(acc) * power(static_cast<int>(pre)) * channel.mul * power(-32));
  return floor_of(cpp_rational(t + channel.add + (cpp_int(1) << (shift - 1))) *
                  power(-static_cast<int>(shift)));
}

TEST(Requantize, IsItsDefinition) {
  std::mt19937_64 random(1);
  unsigned checked = 0;
  while (checked < 200'000) {
    const unsigned pre = random() % 31, shift = 1 + random() % 30;
    const auto acc = static_cast<std::int32_t>(random()) >> (random() % 32);
    const fb_requant_channel channel = {static_cast<std::uint32_t>(random()) >> (random() % 32),
                                        static_cast<std::int32_t>(random()) >> (random() % 32)};
    const cpp_int shifted = cpp_int(acc) << pre;
    const cpp_int sum = floor_of(cpp_rational(shifted * channel.mul) * power(-32)) + channel.add +
                        (cpp_int(1) << (shift - 1));
    const cpp_int limit = cpp_int(1) << 31;
    if (shifted >= limit || shifted < -limit || sum >= limit || sum < -limit) continue;
    ++checked;
    ASSERT_EQ(cpp_int(fb_rescaled(acc, channel, pre, shift)), defined(acc, channel, pre, shift))
        << acc << " mul " << channel.mul << " add " << channel.add << " pre " << pre << " shift "
        << shift;
  }
}

TEST(Requantize, RoundsTiesUpAndClipsAtBothEnds) {
  // mul = 2^31 is one half with pre = 0: t = floor(acc / 2).
  const fb_requant_channel half = {1U << 31, 0};
  EXPECT_EQ(fb_rescaled(2, half, 0, 1), 1) << "1/2 + 1/2";
  EXPECT_EQ(fb_rescaled(-2, half, 0, 1), 0) << "-1/2 goes up";
  EXPECT_EQ(fb_rescaled(6, half, 0, 1), 2);
  EXPECT_EQ(fb_rescaled(-6, half, 0, 1), -1);
  for (const IntType type : kIntTypes) {
    EXPECT_EQ(fb_clipped(1000, bits(type), is_signed(type)), highest(type));
    EXPECT_EQ(fb_clipped(-1000, bits(type), is_signed(type)), lowest(type));
    for (std::int32_t v = lowest(type); v <= highest(type); ++v) {
      EXPECT_EQ(fb_clipped(v, bits(type), is_signed(type)), v);
    }
  }
}

TEST(MakeRequantization, KeepsItsPromiseForEveryAccumulator) {
  std::mt19937_64 random(2);
  const auto real = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  for (int layer = 0; layer < 2000; ++layer) {
    std::vector<RealChannel> channels(1 + random() % 4);
    const double most = real(0, 30);  // channels of a layer differ, but not by everything
    for (RealChannel& c : channels) {
      c.bound = static_cast<std::int64_t>(std::exp2(std::max(0.0, most - real(0, 6))));
      c.scale = std::exp2(real(-4, 14)) / static_cast<double>(c.bound);
      c.bias = random() % 2 == 0 ? 0 : real(-300, 300);
    }
    const Requantization r = make_requantization(channels);
    ASSERT_EQ(r.channels.size(), channels.size());
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const RealChannel& c = channels[i];
      for (int sample = 0; sample < 40; ++sample) {
        std::int64_t acc =
            static_cast<std::int64_t>(random() % (2 * static_cast<std::uint64_t>(c.bound) + 1)) -
            c.bound;
        if (sample == 0) acc = c.bound;
        if (sample == 1) acc = -c.bound;
        const auto got = static_cast<std::int64_t>(defined(acc, r.channels[i], r.pre, r.shift));
        ASSERT_EQ(fb_rescaled(static_cast<std::int32_t>(acc), r.channels[i], r.pre, r.shift), got)
            << "overflows";
        const double want = static_cast<double>(acc) * c.scale + c.bias;
        const double allowed = 0.5 + std::abs(want) * std::exp2(-14) + std::exp2(1 - r.shift);
        ASSERT_LE(std::abs(static_cast<double>(got) - want), allowed)
            << "acc " << acc << " scale " << c.scale << " bias " << c.bias << " shift "
            << int{r.shift};
      }
    }
  }
}

TEST(MakeRequantization, IsWithinItsContractForOrdinaryLayers) {
  // Up to 2^13 steps: the bound of the contract, half a step and 2^-14 of the value, without more.
  const Requantization r = make_requantization({{8192.0 / (1 << 22), 3.25, 1 << 22}});
  EXPECT_GE(r.shift, 16);
}

/// Channels that ask for up to 2^120 steps, dead, saturated and steep ones among them.
TEST(Within, GivesTheSameOutputsWithinTheRangeThereIs) {
  std::mt19937_64 random(3);
  const auto real = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  unsigned constant = 0, steep = 0, between = 0;
  for (int sample = 0; sample < 20'000; ++sample) {
    const IntType type = kIntTypes[random() % kIntTypes.size()];
    const std::int32_t low = lowest(type), high = highest(type);
    RealChannel c{.scale = std::exp2(real(-4, 100)),
                  .bias = real(-300, 300),
                  .bound = static_cast<std::int64_t>(random() % 200)};
    if (random() % 3 != 0) c.bias *= c.scale;
    // An accumulator of which the output is between the ends, however steep.
    if (random() % 2 == 0) {
      const auto at = static_cast<std::int64_t>(random() % 50);
      c.scale = std::exp2(std::round(real(0, 30)));  // exact
      c.bias = -static_cast<double>(at) * c.scale + real(low - 1, high + 1);
    }
    const RealChannel same = within(c, low, high);
    const Requantization r = make_requantization({same});
    std::int64_t lowest_output = high, highest_output = low;
    for (std::int64_t acc = -c.bound; acc <= c.bound; ++acc) {
      const double exact = static_cast<double>(acc) * c.scale + c.bias;
      const double fraction = exact + 0.5 - std::floor(exact + 0.5);
      if (std::abs(exact) < 1000 && (fraction < 0.02 || fraction > 0.98)) continue;  // near a tie
      const auto want = static_cast<std::int32_t>(
          std::clamp(std::floor(exact + 0.5), static_cast<double>(low), static_cast<double>(high)));
      const std::int32_t got =
          fb_clipped(fb_rescaled(static_cast<std::int32_t>(acc), r.channels[0], r.pre, r.shift),
                     bits(type), is_signed(type));
      ASSERT_EQ(got, want) << "acc " << acc << " of " << c.bound << " scale " << c.scale << " bias "
                           << c.bias << " to " << low << " … " << high;
      lowest_output = std::min<std::int64_t>(lowest_output, got);
      highest_output = std::max<std::int64_t>(highest_output, got);
      between += c.scale > 1000 && got > low && got < high ? 1 : 0;
    }
    constant += lowest_output == highest_output ? 1 : 0;
    steep += c.scale > 1000 && lowest_output == low && highest_output == high ? 1 : 0;
  }
  EXPECT_GT(constant, 500U);
  EXPECT_GT(steep, 500U);
  EXPECT_GT(between, 500U);
}

TEST(Within, LeavesOrdinaryChannelsAsTheyAre) {
  const RealChannel c{.scale = 0.01, .bias = -3, .bound = 1000};
  const RealChannel same = within(c, 0, 15);
  EXPECT_EQ(same.scale, c.scale);
  EXPECT_EQ(same.bias, c.bias);
}

TEST(MakeRequantization, RefusesWhatCannotBe) {
  EXPECT_THROW((void)make_requantization({{0, 0, 100}}), Error);
  EXPECT_THROW((void)make_requantization({{-1, 0, 100}}), Error);
  EXPECT_THROW((void)make_requantization({{1, NAN, 100}}), Error);
  EXPECT_THROW((void)make_requantization({{1, 0, std::int64_t{1} << 31}}), Error);
  EXPECT_THROW((void)make_requantization({{1, 0, 10}, {1e6, 0, 1000}}), Error);
}

}  // namespace
}  // namespace freebits::models
