// SPDX-License-Identifier: Apache-2.0
// Checks of shapes that ops have in common.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "search/autograd/node.hpp"
#include "search/autograd/ops.hpp"

namespace freebits::search {

inline void expect_shape(const std::string& op, bool fits, const std::string& received,
                         const std::string& expected) {
  if (fits) return;
  throw Error(fmt::format("[{}] received {}, expected {}", op, received, expected));
}

/// Weights of `rows` x `columns` values; columns 0: any.
inline void expect_weights(const std::string& op, Var weights, std::size_t rows,
                           std::size_t columns) {
  const BatchShape& s = weights.shape();
  expect_shape(op, s.rows() == rows && (columns == 0 || s.channels == columns),
               fmt::format("weights of {} x {}", s.rows(), s.channels),
               fmt::format("{} x {}", rows, columns == 0 ? "any" : std::to_string(columns)));
}

/// Shape of what windows over x make.
inline BatchShape windowed(const std::string& op, const BatchShape& x, const Window& w,
                           unsigned channels) {
  const unsigned height = x.height + w.top + w.bottom, width = x.width + w.left + w.right;
  expect_shape(op, w.stride != 0 && w.height != 0 && w.width != 0, "a window or stride of 0",
               "at least 1");
  expect_shape(op, height >= w.height && width >= w.width,
               fmt::format("an image of {}x{} with its padding", height, width),
               fmt::format("at least the window's {}x{}", w.height, w.width));
  return {x.images, (height - w.height) / w.stride + 1, (width - w.width) / w.stride + 1, channels};
}

}  // namespace freebits::search
