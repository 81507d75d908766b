// SPDX-License-Identifier: Apache-2.0
// The table of all kinds, and what their files have in common.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/error.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_fields.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

const LayerRules& rules(LayerKind kind) {
#define FB_ADDRESS(Kind, name, kernel) &k##Kind##Rules,
  static constexpr std::array<const LayerRules*, kLayerKinds> kRules = {FB_LAYER_KINDS(FB_ADDRESS)};
#undef FB_ADDRESS
  return *kRules.at(static_cast<std::size_t>(kind));
}

Shape windowed(const Layer& l, Shape in, unsigned channels) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel_height, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel_width, l.stride),
          channels};
}

unsigned square_kernel(const Layer& layer) {
  expect("kernel width", layer.kernel_width, layer.kernel_height);
  return layer.kernel_height;
}

Tensor empty_tensor(Shape shape, IntType type) {
  Tensor tensor;
  tensor.shape = shape;
  tensor.type = type;
  return tensor;
}

void expect_shift(std::uint32_t shift, std::uint32_t least) {
  if (shift >= least && shift <= kMostShift) return;
  throw Error(fmt::format("shift: {}, expected {} to {}", shift, least, kMostShift));
}

void expect_no_overflow(double largest_sum, const std::string& where) {
  constexpr double kLimit = 2147483648.0;  // of 32 bits with sign
  if (largest_sum < kLimit) return;
  throw Error(fmt::format("{}: sums up to {:.3g}, expected less than 2^31", where, largest_sum));
}

void check_steps(const Requantization& r, std::size_t channels) {
  expect("requantized channels", r.channels.size(), channels);
  if (r.pre > kMostShift) throw Error(fmt::format("pre: {}, expected 0 to {}", r.pre, kMostShift));
  expect_shift(r.shift, 1);
}

void check_channel(const Requantization& r, std::size_t c, std::int64_t bound) {
  const double acc = std::ldexp(static_cast<double>(bound), r.pre);
  const fb_requant_channel& channel = r.channels[c];
  const double sum = std::ldexp(acc * channel.mul, -32) + 1 +
                     std::abs(static_cast<double>(channel.add)) + std::ldexp(1, r.shift - 1);
  expect_no_overflow(std::max(acc, sum), fmt::format("requantization of channel {}", c));
}

Requantization folded(const std::vector<RealChannel>& real, const RealLayer& layer) {
  LimitedRequantization result =
      limited_requantization(real, lowest(layer.out_type), highest(layer.out_type));
  layer.limited.channels = std::move(result.limited);
  return std::move(result.requantization);
}

}  // namespace freebits::models
