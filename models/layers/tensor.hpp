// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/layers/types.hpp"

namespace freebits::models {

/// Height, width, channels; the last changes fastest.
struct Shape {
  unsigned height = 0, width = 0, channels = 0;
  [[nodiscard]] std::size_t size() const { return std::size_t{height} * width * channels; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

/// A quantized feature map, an element an entry (packing.hpp makes bytes of it). Zero point 0.
struct Tensor {
  Shape shape;
  IntType type = IntType::U8;
  std::vector<std::int16_t> values;

  Tensor() = default;
  Tensor(Shape the_shape, IntType the_type)
      : shape(the_shape), type(the_type), values(the_shape.size()) {}

  [[nodiscard]] std::int16_t& at(unsigned y, unsigned x, unsigned c) {
    return values[(std::size_t{y} * shape.width + x) * shape.channels + c];
  }
  [[nodiscard]] std::int16_t at(unsigned y, unsigned x, unsigned c) const {
    return values[(std::size_t{y} * shape.width + x) * shape.channels + c];
  }
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

}  // namespace freebits::models
