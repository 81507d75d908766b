// SPDX-License-Identifier: Apache-2.0
#include "search/data/border.hpp"

#include <cstring>

namespace freebits::search {

void add_border(const ImageShape& inner, const ImageShape& outer, std::span<std::uint8_t> image) {
  std::uint8_t* const out = image.data();
  const std::size_t row = std::size_t{inner.width} * inner.channels;
  const std::size_t wide = std::size_t{outer.width} * outer.channels;
  const std::size_t left = std::size_t{(outer.width - inner.width) / 2} * outer.channels;
  const std::size_t top = (outer.height - inner.height) / 2;
  // Last row first, as none moves towards the front.
  for (std::size_t y = inner.height; y-- > 0;) {
    std::uint8_t* to = out + (y + top) * wide;
    std::memmove(to + left, out + y * row, row);
    std::memset(to + left + row, 0, wide - left - row);
    std::memset(to, 0, left);
  }
  std::memset(out, 0, top * wide);
  const std::size_t end = (top + inner.height) * wide;
  std::memset(out + end, 0, outer.size() - end);
}

}  // namespace freebits::search
