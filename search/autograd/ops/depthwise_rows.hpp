// SPDX-License-Identifier: Apache-2.0
// Rows of a depthwise 3x3 convolution. Weights are patterns: [tap][period], the channels repeated
// to whole vectors.
#pragma once

#include <cstddef>
#include <span>

#include "search/autograd/channel_pattern.hpp"

namespace freebits::search {

inline constexpr std::size_t kTaps = 3;

/// A row of inputs with its border, and the weights of the kernel row it meets.
struct DepthwiseRow {
  const float* values;
  const float* weights;  ///< [tap][period]
  std::ptrdiff_t
      tap;  ///< floats from tap to tap of `weights`: period, or -period for a mirrored row
};

/// out[x][c] = sum over rows and taps of values[x · stride + tap][c] · weights[tap][c].
void depthwise_row(const ChannelPattern& pattern, std::size_t width, unsigned stride,
                   std::span<const DepthwiseRow> rows, float* out);

/// sums[tap][i] += values[x · stride + tap][c] · gradient[x][c] over a row; patterns again.
void depthwise_row_weights(const ChannelPattern& pattern, std::size_t width, unsigned stride,
                           const float* values, const float* gradient, float* sums);

}  // namespace freebits::search
