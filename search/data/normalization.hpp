// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// value = (byte / 255 - mean) / deviation, by channel.
struct Normalization {
  std::vector<double> mean, deviation;  ///< one each channel; deviation > 0

  friend bool operator==(const Normalization&, const Normalization&) = default;
};

/// Makes mean 0 and deviation 1 of every channel over all pixels of `set`, or of `most` images
/// spread evenly over it. The sums are integers, so the number of workers changes nothing. A
/// channel of one value only gets deviation 1. Throws Error for no workers or images, and what
/// set.read() throws.
[[nodiscard]] Normalization measure_normalization(
    const Dataset& set, unsigned workers = 1,
    std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace freebits::search
