// SPDX-License-Identifier: Apache-2.0
// Requantization of channels with any scale at all: it never fails, never overflows, and is off by
// no more than it says.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "errors.hpp"
#include "models/layers/rescale.hpp"
#include "models/layers/types.hpp"

namespace freebits::models {
namespace {

using test::error_of;
using testing::HasSubstr;

constexpr std::int64_t kMost32 = std::numeric_limits<std::int32_t>::max();

class RandomChannels {
 public:
  explicit RandomChannels(std::uint64_t seed) : random_(seed) {}

  double real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::int64_t within(std::int64_t bound) {
    return static_cast<std::int64_t>(below(2 * static_cast<std::uint64_t>(bound) + 1)) - bound;
  }

  /// 1e-12 … 1e12, and what lies beyond: 0, the least there is, 2^100.
  double scale() {
    switch (below(12)) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<double>::denorm_min();
      case 2:
        return std::exp2(100);
      default:
        return std::pow(10, real(-12, 12));
    }
  }

  RealChannel channel() {
    RealChannel c{.scale = scale(),
                  .bias = real(-300, 300),
                  .bound = static_cast<std::int64_t>(std::exp2(real(0, 30.9))) - 1};
    if (below(8) == 0) c.bias = real(-1, 1) * std::pow(10, real(-12, 12));
    // Most channels have an accumulator of which the output lies between the ends.
    if (below(3) != 0) c.bias -= static_cast<double>(within(c.bound)) * c.scale;
    if (below(3) != 0) c.center = static_cast<double>(within(c.bound)) + real(-0.5, 0.5);
    if (below(3) == 0 && c.scale > 0) c.center = (real(-100, 300) - c.bias) / c.scale;
    return c;
  }

 private:
  std::mt19937_64 random_;
};

/// freebits/requantize.h with a look at its sums.
std::int32_t requantized(std::int64_t acc, const Requantization& r, std::size_t channel,
                         IntType type) {
  const fb_requant_channel& c = r.channels[channel];
  const std::int64_t shifted = acc * (std::int64_t{1} << r.pre);
  const auto t = static_cast<std::int64_t>(static_cast<__int128>(shifted) * c.mul >> 32);
  const std::int64_t sum = t + c.add + (std::int64_t{1} << (r.shift - 1));
  for (const std::int64_t value : {shifted, t, t + c.add, sum})
    EXPECT_LE(std::abs(value), kMost32) << "overflows: acc " << acc << " mul " << c.mul << " add "
                                        << c.add << " pre " << int{r.pre};
  EXPECT_EQ(sum >> r.shift, fb_rescaled(static_cast<std::int32_t>(acc), c, r.pre, r.shift));
  return fb_clipped(static_cast<std::int32_t>(sum >> r.shift), bits(type), is_signed(type));
}

/// The real output, clipped, not rounded.
double real_output(const RealChannel& c, std::int64_t acc, IntType type) {
  const double exact = std::fma(c.scale, static_cast<double>(acc), c.bias);
  return std::clamp<double>(exact, lowest(type), highest(type));
}

struct Case {
  std::vector<RealChannel> channels;
  IntType type = IntType::U8;
  LimitedRequantization result{};
  std::map<std::size_t, double> error{};  ///< of limited channels
};

Case make_case(std::vector<RealChannel> channels, IntType type) {
  Case c{.channels = std::move(channels), .type = type};
  c.result = limited_requantization(c.channels, lowest(type), highest(type));
  for (const LimitedChannel& each : c.result.limited) c.error[each.channel] = each.error;
  return c;
}

/// Off by how much beyond its promise: 0 or less is good.
double excess(const Case& c, std::size_t channel, std::int64_t acc, double error) {
  const Requantization& r = c.result.requantization;
  const double want = real_output(c.channels[channel], acc, c.type);
  const double off = std::abs(requantized(acc, r, channel, c.type) - want);
  return off - (0.5 + std::abs(want) * std::exp2(-14) + std::exp2(1 - r.shift) + error);
}

std::vector<std::int64_t> interesting(const RealChannel& c, IntType type, RandomChannels& random) {
  std::vector<std::int64_t> accs = {0, c.bound, -c.bound};
  const auto add = [&](double acc) {
    if (!(std::abs(acc) <= static_cast<double>(c.bound))) return;
    for (int step = -3; step <= 3; ++step)
      accs.push_back(
          std::clamp(static_cast<std::int64_t>(std::floor(acc)) + step, -c.bound, c.bound));
  };
  add(c.center);
  for (const double end : {lowest(type) - 0.5, static_cast<double>(lowest(type)),
                           static_cast<double>(highest(type)), highest(type) + 0.5})
    if (c.scale > 0) add((end - c.bias) / c.scale);
  for (int i = 0; i < 20; ++i) accs.push_back(random.within(c.bound));
  return accs;
}

TEST(LimitedRequantization, IsWithinItsErrorForEveryAccumulatorWhateverTheScales) {
  RandomChannels random(1);
  std::size_t limited = 0, exact = 0;
  for (int layer = 0; layer < 4000; ++layer) {
    std::vector<RealChannel> channels(1 + random.below(4));
    for (RealChannel& c : channels) c = random.channel();
    const Case c = make_case(channels, kIntTypes[random.below(kIntTypes.size())]);
    ASSERT_GE(c.result.requantization.shift, 8);
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const auto found = c.error.find(i);
      const double error = found == c.error.end() ? 0 : found->second;
      (error > 0 ? limited : exact) += 1;
      ASSERT_LE(error, highest(c.type) - lowest(c.type));
      for (const std::int64_t acc : interesting(channels[i], c.type, random)) {
        ASSERT_LE(excess(c, i, acc, error), 0)
            << "layer " << layer << " acc " << acc << " of " << channels[i].bound << " scale "
            << channels[i].scale << " bias " << channels[i].bias << " center " << channels[i].center
            << " to " << name(c.type) << " error " << error;
      }
    }
  }
  EXPECT_GT(limited, 1000U);
  EXPECT_GT(exact, 2000U);
}

TEST(LimitedRequantization, IsRightWhereTheAccumulatorsAre) {
  RandomChannels random(2);
  std::size_t limited = 0;
  for (int layer = 0; layer < 4000; ++layer) {
    const Case c = make_case({random.channel(), random.channel()}, IntType::U8);
    for (const LimitedChannel& each : c.result.limited) {
      const RealChannel& channel = c.channels[each.channel];
      const auto center = static_cast<std::int64_t>(
          std::round(std::clamp(channel.center, -static_cast<double>(channel.bound),
                                static_cast<double>(channel.bound))));
      ASSERT_LE(excess(c, each.channel, center, 0), 0)
          << "scale " << channel.scale << " bias " << channel.bias << " center " << channel.center;
      ++limited;
    }
  }
  EXPECT_GT(limited, 1000U);
}

TEST(LimitedRequantization, SaysNoMoreThanTheErrorThereIs) {
  RandomChannels random(3);
  std::size_t limited = 0;
  for (int layer = 0; layer < 400; ++layer) {
    RealChannel steep = random.channel();
    steep.bound %= 2000;
    steep.scale = std::pow(10, random.real(0, 4));
    steep.bias = random.real(-300, 300);
    const Case c = make_case({steep, {.scale = 1e-6, .bound = (std::int64_t{1} << 30) - 1}},
                             kIntTypes[random.below(kIntTypes.size())]);
    for (const LimitedChannel& each : c.result.limited) {
      double largest = 0;
      for (std::int64_t acc = -steep.bound; acc <= steep.bound; ++acc)
        largest = std::max(largest, std::abs(requantized(acc, c.result.requantization, 0, c.type) -
                                             real_output(steep, acc, c.type)));
      EXPECT_GT(largest, each.error - 1) << "scale " << steep.scale << " bias " << steep.bias;
      ++limited;
    }
  }
  EXPECT_GT(limited, 200U);
}

TEST(LimitedRequantization, OfWhatFitsIsTheOrdinaryOne) {
  const std::vector<RealChannel> channels = {{.scale = 0.01, .bias = -3, .bound = 1000},
                                             {.scale = 2, .bias = 10, .bound = 100'000}};
  const LimitedRequantization got = limited_requantization(channels, 0, 255);
  const Requantization want = make_requantization(channels);
  EXPECT_TRUE(got.limited.empty());
  EXPECT_EQ(got.requantization.pre, want.pre);
  EXPECT_EQ(got.requantization.shift, want.shift);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    EXPECT_EQ(got.requantization.channels[i].mul, want.channels[i].mul);
    EXPECT_EQ(got.requantization.channels[i].add, want.channels[i].add);
  }
}

/// The variance of a depthwise layer's channel that reads zeros only: what training leaves behind.
TEST(LimitedRequantization, TakesADepthwiseChannelThatReadsZeros) {
  const RealChannel dead{.scale = 227.6, .bias = -25.3, .bound = 105'060};
  const Case c = make_case({dead}, IntType::U8);
  ASSERT_EQ(c.result.limited.size(), 1U);
  EXPECT_LT(c.result.limited[0].computed, dead.scale);
  EXPECT_EQ(requantized(0, c.result.requantization, 0, c.type), 0);
  EXPECT_EQ(requantized(30, c.result.requantization, 0, c.type), 255);
}

TEST(MakeRequantization, NamesTheLimitThatFails) {
  EXPECT_THAT(error_of([] {
                (void)make_requantization({{.scale = 257, .bias = 0, .bound = 100},
                                           {.scale = 0.1, .bias = 0, .bound = 105'060}});
              }),
              HasSubstr("channel 0: scale 257; expected less than 64"));
  EXPECT_THAT(
      error_of([] { (void)make_requantization({{.scale = 1, .bias = 1e9, .bound = 100}}); }),
      HasSubstr("expected a range below 2^23 steps"));
}

TEST(LimitedAddition, IsWithinItsErrorWhateverTheScales) {
  RandomChannels random(4);
  std::size_t limited = 0;
  for (int i = 0; i < 2000; ++i) {
    const IntType type = kIntTypes[random.below(6)], in = kIntTypes[random.below(6)];
    const double a = std::pow(10, random.real(-12, 12)), b = std::pow(10, random.real(-12, 12));
    const LimitedAddition sum =
        limited_addition(a, largest(in), b, largest(in), lowest(type), highest(type));
    limited += sum.error > 0 ? 1 : 0;
    for (int sample = 0; sample < 50; ++sample) {
      const auto x =
          static_cast<std::int32_t>(random.within(random.below(2) == 0 ? 1 : largest(in)));
      const auto y =
          static_cast<std::int32_t>(random.within(random.below(2) == 0 ? 1 : largest(in)));
      const double share = a * std::abs(x) + b * std::abs(y);
      const double want = std::clamp<double>(std::fma(a, x, b * y), lowest(type), highest(type));
      const std::int64_t exact = std::int64_t{x} * sum.addition.mul_a +
                                 std::int64_t{y} * sum.addition.mul_b + sum.addition.add;
      ASSERT_LE(std::abs(exact), kMost32) << a << ' ' << b;
      const double got = fb_clipped(fb_added(x, y, sum.addition), bits(type), is_signed(type));
      // What is made smaller is so in its share, too.
      const double rounding = std::exp2(-14) * std::min(share, 2.0 * (1 << 14)) + std::exp2(-6);
      ASSERT_LE(std::abs(got - want), 0.5 + rounding + sum.error)
          << x << " * " << a << " + " << y << " * " << b << " to " << name(type);
    }
  }
  EXPECT_GT(limited, 500U);
}

}  // namespace
}  // namespace freebits::models
