// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace freebits::search {

/// Of a batch of feature maps, NHWC: images, height, width, channels; the last changes fastest.
struct BatchShape {
  unsigned images = 0, height = 0, width = 0, channels = 0;

  /// Pixels of an image.
  [[nodiscard]] std::size_t pixels() const { return std::size_t{height} * width; }
  /// Pixels of the batch: the rows of the matrix [rows][channels] it is.
  [[nodiscard]] std::size_t rows() const { return images * pixels(); }
  [[nodiscard]] std::size_t size() const { return rows() * channels; }
  [[nodiscard]] std::string text() const;  ///< "128x32x32x8"
  friend bool operator==(const BatchShape&, const BatchShape&) = default;
};

}  // namespace freebits::search
