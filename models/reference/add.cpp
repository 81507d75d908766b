// SPDX-License-Identifier: Apache-2.0
#include "models/layers/layers.hpp"
#include "models/reference/checks.hpp"

namespace freebits::models {

Tensor run(const Add& l, const Tensor& a, const Tensor& b) {
  expect("height of the second operand", b.shape.height, a.shape.height);
  expect("width of the second operand", b.shape.width, a.shape.width);
  expect("channels of the second operand", b.shape.channels, a.shape.channels);
  Tensor out(a.shape, l.out_type);
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = static_cast<std::int16_t>(fb_clipped(
        fb_added(a.values[i], b.values[i], l.addition), bits(l.out_type), is_signed(l.out_type)));
  }
  return out;
}

}  // namespace freebits::models
