// SPDX-License-Identifier: Apache-2.0
// The layers against another way to compute them: every input element is spread to the outputs it
// reaches, with exact integers.
#include "models/layers/layers.hpp"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <map>

#include "base/error.hpp"
#include "random_layers.hpp"

namespace freebits::models {
namespace {

using boost::multiprecision::cpp_int;
using Sums = std::map<std::tuple<int, int, unsigned>, cpp_int>;

/// out = (in + padding - k) / stride where that is whole: outputs an input position reaches with
/// tap k.
bool reaches(unsigned in, unsigned padding, unsigned tap, unsigned stride, unsigned size,
             int& out) {
  const int shifted = static_cast<int>(in + padding) - static_cast<int>(tap);
  if (shifted < 0 || shifted % static_cast<int>(stride) != 0) return false;
  out = shifted / static_cast<int>(stride);
  return out < static_cast<int>(size);
}

template <class Layer, class Each>
Sums spread(const Layer& l, const Tensor& in, Shape out, unsigned kernel_height,
            unsigned kernel_width, const Each& each) {
  Sums sums;
  for (unsigned y = 0; y < in.shape.height; ++y) {
    for (unsigned x = 0; x < in.shape.width; ++x) {
      for (unsigned ky = 0; ky < kernel_height; ++ky) {
        for (unsigned kx = 0; kx < kernel_width; ++kx) {
          int oy = 0, ox = 0;
          if (!reaches(y, l.padding.top, ky, l.stride, out.height, oy)) continue;
          if (!reaches(x, l.padding.left, kx, l.stride, out.width, ox)) continue;
          each(sums, y, x, ky, kx, oy, ox);
        }
      }
    }
  }
  return sums;
}

void compare(const Tensor& out, const Sums& sums, const Requantization& r) {
  for (unsigned y = 0; y < out.shape.height; ++y) {
    for (unsigned x = 0; x < out.shape.width; ++x) {
      for (unsigned c = 0; c < out.shape.channels; ++c) {
        const auto found = sums.find({static_cast<int>(y), static_cast<int>(x), c});
        const cpp_int acc = found == sums.end() ? cpp_int(0) : found->second;
        cpp_int t = (acc << r.pre) * r.channels[c].mul;
        t = t >= 0 ? t >> 32 : -((-t + ((cpp_int(1) << 32) - 1)) >> 32);
        cpp_int v = t + r.channels[c].add + (cpp_int(1) << (r.shift - 1));
        v = v >= 0 ? v >> r.shift : -((-v + ((cpp_int(1) << r.shift) - 1)) >> r.shift);
        if (v < lowest(out.type)) v = lowest(out.type);
        if (v > highest(out.type)) v = highest(out.type);
        ASSERT_EQ(cpp_int(out.at(y, x, c)), v) << y << ' ' << x << ' ' << c;
      }
    }
  }
}

TEST(Conv, EqualsTheSpreadSums) {
  test::RandomLayers random(3);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {random.between(1, 7), random.between(1, 7), random.between(1, 9)};
    const Tensor in = random.tensor(shape, random.activation());
    const Conv l = random.conv(shape, in.type, random.below(2) == 0 ? 1 : 3, random.between(1, 5));
    const Tensor out = run(l, in);
    const Sums sums = spread(
        l, in, out.shape, l.kernel_height, l.kernel_width,
        [&](Sums& s, unsigned y, unsigned x, unsigned ky, unsigned kx, int oy, int ox) {
          for (unsigned o = 0; o < l.out_channels; ++o) {
            for (unsigned c = 0; c < l.in_channels; ++c) {
              s[{oy, ox, o}] +=
                  cpp_int(in.at(y, x, c)) *
                  l.weights[((o * l.kernel_height + ky) * l.kernel_width + kx) * l.in_channels + c];
            }
          }
        });
    compare(out, sums, l.requantization);
  }
}

TEST(Depthwise, EqualsTheSpreadSums) {
  test::RandomLayers random(4);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {random.between(1, 8), random.between(1, 8), random.between(1, 9)};
    const Tensor in = random.tensor(shape, random.activation());
    const Depthwise l = random.depthwise(shape, in.type);
    const Tensor out = run(l, in);
    const Sums sums =
        spread(l, in, out.shape, l.kernel, l.kernel,
               [&](Sums& s, unsigned y, unsigned x, unsigned ky, unsigned kx, int oy, int ox) {
                 for (unsigned c = 0; c < l.channels; ++c) {
                   s[{oy, ox, c}] +=
                       cpp_int(in.at(y, x, c)) * l.weights[(c * l.kernel + ky) * l.kernel + kx];
                 }
               });
    compare(out, sums, l.requantization);
  }
}

TEST(Add, EqualsExactArithmeticAndStaysNearTheRealSum) {
  test::RandomLayers random(8);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {2, 3, random.between(1, 20)};
    const Tensor a = random.tensor(shape, random.activation());
    const Tensor b = random.tensor(shape, random.activation());
    Add l;
    l.out_type = random.activation();
    const double scale_a = std::exp2(random.real(-8, 5)), scale_b = std::exp2(random.real(-8, 5));
    l.addition = make_addition(scale_a, largest(a.type), scale_b, largest(b.type));
    const Tensor out = run(l, a, b);
    for (std::size_t k = 0; k < out.values.size(); ++k) {
      const cpp_int sum = cpp_int(a.values[k]) * l.addition.mul_a +
                          cpp_int(b.values[k]) * l.addition.mul_b + l.addition.add;
      const cpp_int step = cpp_int(1) << l.addition.shift;
      cpp_int v = sum >= 0 ? cpp_int(sum / step) : cpp_int(-((-sum + step - 1) / step));
      ASSERT_LT(boost::multiprecision::abs(sum), cpp_int(1) << 31) << "overflows";
      const double part_a = a.values[k] * scale_a, part_b = b.values[k] * scale_b;
      const double allowed = 0.5 + (std::abs(part_a) + std::abs(part_b) + 1) * std::exp2(-14);
      ASSERT_LE(std::abs(static_cast<double>(v) - part_a - part_b), allowed);
      if (v < lowest(l.out_type)) v = lowest(l.out_type);
      if (v > highest(l.out_type)) v = highest(l.out_type);
      ASSERT_EQ(cpp_int(out.values[k]), v);
    }
  }
  EXPECT_THROW((void)make_addition(0, 1, 255), Error);
  EXPECT_THROW((void)make_addition(1, 100, 255), Error);
  (void)make_addition(1, 255, 100, 3);  // a narrow operand may have large steps
  EXPECT_THROW((void)make_addition(1, 255, 100, 255), Error);
}

TEST(AveragePool, IsTheMeanRounded) {
  test::RandomLayers random(9);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {random.between(1, 9), random.between(1, 9), random.between(1, 9)};
    const Tensor in = random.tensor(shape, random.activation());
    const double pixels = shape.height * shape.width;
    AveragePool l;
    l.out_type = in.type;
    l.requantization = make_requantization(
        {{1 / pixels, 0, static_cast<std::int64_t>(pixels) * largest(in.type)}});
    const Tensor out = run(l, in);
    for (unsigned c = 0; c < shape.channels; ++c) {
      double sum = 0;
      for (std::size_t k = c; k < in.values.size(); k += shape.channels) sum += in.values[k];
      EXPECT_NEAR(out.at(0, 0, c), sum / pixels,
                  0.5 + std::exp2(-14) * (1 + std::abs(sum / pixels)));
    }
  }
}

TEST(MaxPool, IsTheLargestOfEveryPixelThatReachesIt) {
  test::RandomLayers random(10);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {random.between(1, 8), random.between(1, 8), random.between(1, 5)};
    const Tensor in = random.tensor(shape, random.activation());
    MaxPool l = random.max_pool(shape, in.type);
    l.requantization = {};
    const Tensor out = run(l, in);
    Tensor expected(out.shape, in.type);
    std::ranges::fill(expected.values, static_cast<std::int16_t>(lowest(in.type)));
    spread(l, in, out.shape, l.kernel, l.kernel,
           [&](Sums&, unsigned y, unsigned x, unsigned, unsigned, int oy, int ox) {
             for (unsigned c = 0; c < shape.channels; ++c) {
               auto& most = expected.at(static_cast<unsigned>(oy), static_cast<unsigned>(ox), c);
               most = std::max(most, in.at(y, x, c));
             }
           });
    ASSERT_EQ(out, expected);
  }
}

TEST(MaxPool, RequantizedIsTheLargestTimesItsScaleRoundedAndClipped) {
  test::RandomLayers random(11);
  for (int i = 0; i < 300; ++i) {
    const Shape shape = {random.between(1, 8), random.between(1, 8), random.between(1, 5)};
    const Tensor in = random.tensor(shape, random.activation());
    MaxPool l = random.max_pool(shape, in.type);
    l.requantization = {};
    const Tensor most = run(l, in);
    const double scale = random.real(0.01, 40), bias = random.real(-100, 100);
    l.requantization = make_requantization({{scale, bias, largest(in.type)}});
    l.out_type = random.activation();
    const Tensor out = run(l, in);
    ASSERT_EQ(out.type, l.out_type);
    for (std::size_t k = 0; k < out.values.size(); ++k) {
      const double real = most.values[k] * scale + bias;
      const double clipped = std::clamp<double>(real, lowest(l.out_type), highest(l.out_type));
      EXPECT_NEAR(out.values[k], clipped, 0.5 + std::exp2(-13) * (1 + std::abs(real)));
    }
  }
}

TEST(Conv, FullyConnectedIsAKernelAsLargeAsTheInput) {
  test::RandomLayers random(5);
  const Shape shape = {3, 2, 5};
  const Tensor in = random.tensor(shape, IntType::U8);
  Conv l;
  l.kernel_height = 3;
  l.kernel_width = 2;
  l.in_channels = 5;
  l.out_channels = 4;
  random.fill_weights(l, std::size_t{4} * 30);
  random.fill_requantization(l, in.type, 4);
  EXPECT_EQ(run(l, in).shape, (Shape{1, 1, 4}));
}

TEST(Layers, RefuseWhatDoesNotFit) {
  test::RandomLayers random(6);
  const Tensor in = random.tensor({5, 5, 3}, IntType::U8);
  const Conv good = random.conv(in.shape, in.type, 3, 2);
  const auto refuses = [&](auto change) {
    Conv bad = good;
    change(bad);
    EXPECT_THROW((void)run(bad, in), Error);
  };
  refuses([](Conv& l) { l.in_channels = 4; });
  refuses([](Conv& l) { l.weights.pop_back(); });
  refuses([](Conv& l) { l.requantization.channels.pop_back(); });
  refuses([](Conv& l) { l.stride = 0; });
  refuses([](Conv& l) { l.padding.left = 3; });
  refuses([](Conv& l) {
    l.kernel_height = 9;
    l.weights.resize(std::size_t{2} * 9 * 3 * 3);
  });
  Depthwise depthwise = random.depthwise(in.shape, in.type);
  depthwise.channels = 2;
  EXPECT_THROW((void)run(depthwise, in), Error);
}

}  // namespace
}  // namespace freebits::models
