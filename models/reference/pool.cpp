// SPDX-License-Identifier: Apache-2.0
#include "models/layers/layers.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {

Tensor run(const AveragePool& l, const Tensor& in, StopToken stop) {
  expect("requantized channels", l.requantization.channels.size(), 1);
  Tensor out({1, 1, in.shape.channels}, l.out_type);
  for (unsigned c = 0; c < in.shape.channels; ++c) {
    stop.check();
    std::int32_t acc = 0;
    for (unsigned y = 0; y < in.shape.height; ++y) {
      for (unsigned x = 0; x < in.shape.width; ++x) acc += in.at(y, x, c);
    }
    out.at(0, 0, c) = requantized(acc, l.requantization, 0, l.out_type);
  }
  return out;
}

Shape output_shape(const MaxPool& l, Shape in) {
  return {windows("height", in.height, l.padding.top, l.padding.bottom, l.kernel, l.stride),
          windows("width", in.width, l.padding.left, l.padding.right, l.kernel, l.stride),
          in.channels};
}

IntType output_type(const MaxPool& l, IntType in) {
  return l.requantization.channels.empty() ? in : l.out_type;
}

Tensor run(const MaxPool& l, const Tensor& in, StopToken stop) {
  const bool same = l.requantization.channels.empty();
  if (!same) expect("requantized channels", l.requantization.channels.size(), 1);
  Tensor out(output_shape(l, in.shape), output_type(l, in.type));
  for (unsigned y = 0; y < out.shape.height; ++y) {
    stop.check();
    for (unsigned x = 0; x < out.shape.width; ++x) {
      for (unsigned c = 0; c < out.shape.channels; ++c) {
        std::int32_t most = lowest(in.type);
        for (unsigned ky = 0; ky < l.kernel; ++ky) {
          for (unsigned kx = 0; kx < l.kernel; ++kx) {
            const unsigned in_y = y * l.stride + ky - l.padding.top;  // beyond if "negative"
            const unsigned in_x = x * l.stride + kx - l.padding.left;
            if (in_y >= in.shape.height || in_x >= in.shape.width) continue;
            most = std::max<std::int32_t>(most, in.at(in_y, in_x, c));
          }
        }
        out.at(y, x, c) = same ? static_cast<std::int16_t>(most)
                               : requantized(most, l.requantization, 0, l.out_type);
      }
    }
  }
  return out;
}

}  // namespace freebits::models
