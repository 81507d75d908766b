// SPDX-License-Identifier: Apache-2.0
#include "models/graph/input_preparation.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "models/graph/check_preparation.hpp"

namespace freebits::models {

void check(const InputPreparation& p) {
  constexpr unsigned kMost = 65'536;
  const auto good = [](unsigned crop, unsigned scaled) {
    return crop >= 1 && crop <= scaled && scaled <= kMost;
  };
  if (good(p.crop.height, p.scaled.height) && good(p.crop.width, p.scaled.width)) return;
  throw Error(fmt::format(
      "images scaled to {} x {}, cropped to {} x {}: expected 1 <= crop <= scaled <= {}",
      p.scaled.height, p.scaled.width, p.crop.height, p.crop.width, kMost));
}

void check_preparation(const InputPreparation& preparation, const Shape& input) {
  check(preparation);
  const auto [height, width] = preparation.crop;
  if (height <= input.height && width <= input.width) return;
  throw Error(fmt::format("images cropped to {} x {}, expected at most {} x {}", height, width,
                          input.height, input.width));
}

}  // namespace freebits::models
