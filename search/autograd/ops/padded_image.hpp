// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "search/autograd/node.hpp"
#include "search/autograd/ops.hpp"

namespace freebits::search {

/// Layout of an image with a border of zeros in scratch memory.
struct PaddedImage {
  std::size_t height, width, channels;  ///< border included
  std::size_t top, left, inner_width;

  PaddedImage(const BatchShape& x, const Window& w)
      : height(x.height + w.top + w.bottom),
        width(x.width + w.left + w.right),
        channels(x.channels),
        top(w.top),
        left(w.left),
        inner_width(x.width) {}

  [[nodiscard]] std::size_t row_floats() const { return width * channels; }
  [[nodiscard]] std::size_t floats() const { return height * row_floats(); }
  [[nodiscard]] float* inner(float* memory, std::size_t y) const {
    return memory + (top + y) * row_floats() + left * channels;
  }

  /// Rows of one image as everybody sees them; the border is left alone.
  void fill(const Node& x, std::size_t image, float* memory) const {
    for (std::size_t y = 0; y < x.shape.height; ++y) {
      float* const to = inner(memory, y);
      const std::size_t first = image * x.shape.pixels() + y * inner_width;
      const float* const from = x.values(first, inner_width, to);
      if (from != to) std::copy_n(from, inner_width * channels, to);
    }
  }
};

}  // namespace freebits::search
