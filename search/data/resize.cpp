// SPDX-License-Identifier: Apache-2.0
#include "search/data/resize.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace freebits::search {

void Resizer::Filter::set(const Axis& axis) {
  const double step = static_cast<double>(axis.source) / axis.scaled;
  const double reach = std::max(1.0, step);
  taps = std::min(axis.source, static_cast<unsigned>(std::ceil(2 * reach)) + 1);
  from.resize(axis.count);
  weights.resize(std::size_t{axis.count} * taps);
  for (unsigned i = 0; i < axis.count; ++i) {
    const double centre = (axis.first + i + 0.5) * step - 0.5;
    const double lowest = std::floor(centre - reach) + 1;
    const double last = axis.source - taps;
    from[i] = static_cast<unsigned>(std::clamp(lowest, 0.0, last));
    double sum = 0;
    for (unsigned k = 0; k < taps; ++k)
      sum += std::max(0.0, 1 - std::abs(from[i] + k - centre) / reach);
    for (unsigned k = 0; k < taps; ++k) {
      weights[std::size_t{i} * taps + k] =
          static_cast<float>(std::max(0.0, 1 - std::abs(from[i] + k - centre) / reach) / sum);
    }
  }
}

template <unsigned kChannels>
void Resizer::scale_row(const std::uint8_t* source, const Axis& x, float* to) const {
  for (unsigned i = 0; i < x.count; ++i) {
    const std::uint8_t* pixel = source + std::size_t{horizontal_.from[i]} * kChannels;
    const float* weight = horizontal_.weights.data() + std::size_t{i} * horizontal_.taps;
    std::array<float, kChannels> sum{};
    for (unsigned k = 0; k < horizontal_.taps; ++k) {
      for (unsigned c = 0; c < kChannels; ++c) sum[c] += weight[k] * pixel[kChannels * k + c];
    }
    std::ranges::copy(sum, to + std::size_t{i} * kChannels);
  }
}

void Resizer::apply(std::span<const std::uint8_t> in, unsigned channels, const Axis& y,
                    const Axis& x, std::span<std::uint8_t> out) {
  vertical_.set(y);
  horizontal_.set(x);
  const unsigned first = vertical_.from.front();
  const unsigned rows = vertical_.from.back() + vertical_.taps - first;
  const std::size_t width = std::size_t{x.count} * channels;
  rows_.resize(rows * width);
  for (unsigned row = 0; row < rows; ++row) {
    const std::uint8_t* source = in.data() + (std::size_t{first} + row) * x.source * channels;
    float* to = rows_.data() + row * width;
    if (channels == 1) {
      scale_row<1>(source, x, to);
    } else {
      scale_row<3>(source, x, to);
    }
  }
  for (unsigned i = 0; i < y.count; ++i) {
    const float* weight = vertical_.weights.data() + std::size_t{i} * vertical_.taps;
    const float* from = rows_.data() + (vertical_.from[i] - first) * width;
    for (std::size_t j = 0; j < width; ++j) {
      float sum = 0.5F;
      for (unsigned k = 0; k < vertical_.taps; ++k) sum += weight[k] * from[k * width + j];
      out[i * width + j] = static_cast<std::uint8_t>(std::clamp(sum, 0.0F, 255.0F));
    }
  }
}

}  // namespace freebits::search
