// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "models/layers/layers.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {

Shape output_shape(const Conv& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel_height, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel_width, l.stride),
          l.out_channels};
}

std::vector<std::int32_t> accumulators(const Conv& l, const Tensor& in, StopToken stop) {
  expect("input channels", in.shape.channels, l.in_channels);
  expect("weights", l.weights.size(),
         std::size_t{l.out_channels} * l.kernel_height * l.kernel_width * l.in_channels);
  const Shape shape = output_shape(l, in.shape);
  std::vector<std::int32_t> sums;
  sums.reserve(shape.size());
  for (unsigned y = 0; y < shape.height; ++y) {
    for (unsigned x = 0; x < shape.width; ++x) {
      stop.check();
      for (unsigned o = 0; o < l.out_channels; ++o) {
        std::int32_t acc = 0;
        for (unsigned ky = 0; ky < l.kernel_height; ++ky) {
          for (unsigned kx = 0; kx < l.kernel_width; ++kx) {
            const unsigned in_y =
                y * l.stride + ky - l.padding.top;  // beyond the image if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            const std::int16_t* pixel =
                &in.values[(std::size_t{in_y} * in.shape.width + in_x) * l.in_channels];
            const std::int8_t* weights =
                &l.weights[((std::size_t{o} * l.kernel_height + ky) * l.kernel_width + kx) *
                           l.in_channels];
            for (unsigned c = 0; c < l.in_channels; ++c) acc += pixel[c] * weights[c];
          }
        }
        sums.push_back(acc);
      }
    }
  }
  return sums;
}

Tensor run(const Conv& l, const Tensor& in, StopToken stop) {
  return requantized(accumulators(l, in, stop), output_shape(l, in.shape), l.requantization,
                     l.out_type);
}

std::int64_t accumulator_bound(const Conv& l, IntType in, unsigned out_channel) {
  const std::size_t count = std::size_t{l.kernel_height} * l.kernel_width * l.in_channels;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(l.weights[out_channel * count + i]);
  return sum * largest(in);
}

}  // namespace freebits::models
