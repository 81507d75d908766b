// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/ops/depthwise_rows.hpp"

namespace freebits::search {
namespace {

using simd::kWidth;
using simd::Vec;

template <std::size_t kRows>
struct ForwardColumn {
  const float* values[kRows];
  Vec weights[kRows][kTaps];
  float* out;
  std::size_t in_step, out_step, channels;  ///< floats from pixel to pixel

  ForwardColumn(std::span<const DepthwiseRow> rows, std::size_t j) {
    for (std::size_t r = 0; r < kRows; ++r) {
      values[r] = rows[r].values + j;
      for (std::size_t t = 0; t < kTaps; ++t)
        weights[r][t] = simd::load(rows[r].weights + static_cast<std::ptrdiff_t>(t) * rows[r].tap +
                                   static_cast<std::ptrdiff_t>(j));
    }
  }

  template <class Lanes>
  void run(std::size_t x, std::size_t channels_, Lanes lanes) const {
    Vec sum{};
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t t = 0; t < kTaps; ++t)
        sum += load_lanes(values[r] + x * in_step + t * channels_, lanes) * weights[r][t];
    }
    store_lanes(out + x * out_step, sum, lanes);
  }
};

template <std::size_t kRows>
void forward(const ChannelPattern& pattern, std::size_t width, unsigned stride,
             std::span<const DepthwiseRow> rows, float* out) {
  const std::size_t channels = pattern.channels();
  // Without a stride a row is flat: pixels make up for channels that do not fill a vector.
  const std::size_t together = stride == 1 ? pattern.period() / channels : 1;
  const std::size_t floats = together * channels, groups = width / together;
  const std::size_t rest = (width - groups * together) * channels;
  for (std::size_t j = 0; j < floats; j += kWidth) {
    ForwardColumn<kRows> column(rows, j);
    column.out = out + j;
    column.in_step = floats * stride;
    column.out_step = floats;
    if (floats - j >= kWidth) {
      for (std::size_t x = 0; x < groups; ++x)
        column.run(x, channels, ChannelPattern::WholeVector{});
    } else {
      const auto lanes = static_cast<unsigned>(floats - j);
      for (std::size_t x = 0; x < groups; ++x) column.run(x, channels, lanes);
    }
    if (j < rest)
      column.run(groups, channels, static_cast<unsigned>(std::min<std::size_t>(rest - j, kWidth)));
  }
}

}  // namespace

void depthwise_row(const ChannelPattern& pattern, std::size_t width, unsigned stride,
                   std::span<const DepthwiseRow> rows, float* out) {
  switch (rows.size()) {
    case 1:
      return forward<1>(pattern, width, stride, rows, out);
    case 2:
      return forward<2>(pattern, width, stride, rows, out);
    default:
      return forward<3>(pattern, width, stride, rows, out);
  }
}

void depthwise_row_weights(const ChannelPattern& pattern, std::size_t width, unsigned stride,
                           const float* values, const float* gradient, float* sums) {
  const std::size_t channels = pattern.channels(), period = pattern.period();
  const std::size_t together = stride == 1 ? period / channels : 1;
  const std::size_t floats = together * channels, groups = width / together;
  const std::size_t rest = (width - groups * together) * channels;
  for (std::size_t j = 0; j < floats; j += kWidth) {
    Vec sum[kTaps];
    for (std::size_t t = 0; t < kTaps; ++t) sum[t] = simd::load(sums + t * period + j);
    const auto add = [&](std::size_t x, auto lanes) {
      const Vec g = load_lanes(gradient + x * floats + j, lanes);
      for (std::size_t t = 0; t < kTaps; ++t)
        sum[t] += load_lanes(values + x * floats * stride + t * channels + j, lanes) * g;
    };
    if (floats - j >= kWidth) {
      for (std::size_t x = 0; x < groups; ++x) add(x, ChannelPattern::WholeVector{});
    } else {
      for (std::size_t x = 0; x < groups; ++x) add(x, static_cast<unsigned>(floats - j));
    }
    if (j < rest) add(groups, static_cast<unsigned>(std::min<std::size_t>(rest - j, kWidth)));
    for (std::size_t t = 0; t < kTaps; ++t) simd::store(sums + t * period + j, sum[t]);
  }
}

}  // namespace freebits::search
