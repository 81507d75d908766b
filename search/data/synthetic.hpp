// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "search/data/dataset.hpp"

namespace freebits::search {

struct SyntheticOptions {
  std::uint64_t seed = 1;
  std::size_t train_size = 10'000, test_size = 2'000;
};

/// A set without a file: one large shape (disc, square, triangle, cross, ring) with a texture
/// (stripes, checks) on a shaded background, among small shapes of any kind, under noise; 32x32x3,
/// 10 classes. label(i) = i mod 10 = 2 shape + texture: a network has to see both. Place, size,
/// rotation and colours are random and tell nothing. Image i of a split depends on (seed, split, i)
/// only and is drawn when it is read. Throws Error for sizes of 0.
[[nodiscard]] std::unique_ptr<Dataset> synthetic_dataset(Split split,
                                                         SyntheticOptions options = {});

}  // namespace freebits::search
