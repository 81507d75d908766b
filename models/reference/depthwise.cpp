// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "models/layers/layers.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {

Shape output_shape(const Depthwise& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel, l.stride),
          l.channels};
}

std::vector<std::int32_t> accumulators(const Depthwise& l, const Tensor& in, StopToken stop) {
  expect("input channels", in.shape.channels, l.channels);
  expect("weights", l.weights.size(), std::size_t{l.channels} * l.kernel * l.kernel);
  const Shape shape = output_shape(l, in.shape);
  std::vector<std::int32_t> sums;
  sums.reserve(shape.size());
  for (unsigned y = 0; y < shape.height; ++y) {
    for (unsigned x = 0; x < shape.width; ++x) {
      stop.check();
      for (unsigned c = 0; c < l.channels; ++c) {
        std::int32_t acc = 0;
        for (unsigned ky = 0; ky < l.kernel; ++ky) {
          for (unsigned kx = 0; kx < l.kernel; ++kx) {
            const unsigned in_y =
                y * l.stride + ky - l.padding.top;  // beyond the image if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            acc +=
                in.at(in_y, in_x, c) * l.weights[(std::size_t{c} * l.kernel + ky) * l.kernel + kx];
          }
        }
        sums.push_back(acc);
      }
    }
  }
  return sums;
}

Tensor run(const Depthwise& l, const Tensor& in, StopToken stop) {
  return requantized(accumulators(l, in, stop), output_shape(l, in.shape), l.requantization,
                     l.out_type);
}

std::int64_t accumulator_bound(const Depthwise& l, IntType in, unsigned channel) {
  const std::size_t count = std::size_t{l.kernel} * l.kernel;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::abs(l.weights[channel * count + i]);
  return sum * largest(in);
}

}  // namespace freebits::models
