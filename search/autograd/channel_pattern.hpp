// SPDX-License-Identifier: Apache-2.0
// Element-wise work over rows of channels: rows lie side by side, so as many of them are taken as
// one as fill whole vectors. A constant of each channel becomes a pattern of that length.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>

#include "search/autograd/buffer.hpp"
#include "search/autograd/numeric/simd.hpp"

namespace freebits::search {

class ChannelPattern {
 public:
  explicit ChannelPattern(std::size_t channels = 1)
      : channels_(channels), period_(std::lcm(channels, std::size_t{simd::kWidth})) {}

  [[nodiscard]] std::size_t channels() const { return channels_; }
  [[nodiscard]] std::size_t period() const { return period_; }

  /// One value each channel, or one for all, over the whole pattern.
  void expand(std::span<const float> values, float* pattern) const {
    for (std::size_t i = 0; i < period_; ++i)
      pattern[i] = values[values.size() == 1 ? 0 : i % channels_];
  }
  /// Sums of each channel from those of a pattern, added to `to`.
  void fold(const double* pattern, std::span<double> to) const {
    for (std::size_t i = 0; i < period_; ++i) to[i % channels_] += pattern[i];
  }

  /// Every vector of `count` floats that begin with channel 0, a column of the pattern at a time:
  /// make(j) gives an object whose step(i, lanes) is called for each vector at float i of column j,
  /// lanes being a constant kWidth but at the very end, and then its finish().
  template <class Make>
  void for_columns(std::size_t count, const Make& make) const {
    columns(0, count, make);
  }

  /// The same, a few rows after the other, for values that are not in the cache: memory is read
  /// almost in order, but there are several objects a column.
  template <class Make>
  void for_tiles(std::size_t count, const Make& make) const {
    constexpr std::size_t kTile = 2048, kLeastRows = 4;
    const std::size_t tile = std::max(kTile / period_, kLeastRows) * period_;
    for (std::size_t first = 0; first < count; first += tile)
      columns(first, std::min(count, first + tile), make);
  }

  /// For overloads: all lanes.
  struct WholeVector {};

 private:
  /// Floats first … last - 1; `first` begins a pattern.
  template <class Make>
  void columns(std::size_t first, std::size_t last, const Make& make) const {
    const std::size_t whole = first + (last - first) / period_ * period_, rest = last - whole;
    for (std::size_t j = 0; j < period_; j += simd::kWidth) {
      auto column = make(j);
      for (std::size_t i = first + j; i < whole; i += period_) column.step(i, WholeVector{});
      if (j < rest) {
        const auto lanes = static_cast<unsigned>(std::min<std::size_t>(simd::kWidth, rest - j));
        if (lanes == simd::kWidth) {
          column.step(whole + j, WholeVector{});
        } else {
          column.step(whole + j, lanes);
        }
      }
      column.finish();
    }
  }

  std::size_t channels_, period_;
};

inline simd::Vec load_lanes(const float* from, ChannelPattern::WholeVector) {
  return simd::load(from);
}
inline simd::Vec load_lanes(const float* from, unsigned lanes) { return simd::load(from, lanes); }
inline void store_lanes(float* to, simd::Vec value, ChannelPattern::WholeVector) {
  simd::store(to, value);
}
inline void store_lanes(float* to, simd::Vec value, unsigned lanes) {
  simd::store(to, value, lanes);
}

}  // namespace freebits::search
