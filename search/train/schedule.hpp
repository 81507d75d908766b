// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace freebits::search {

/// What learning rates are multiplied with: from near 0 to 1 in a straight line over `warmup`
/// steps, then down half a cosine to 0 at the end.
struct Schedule {
  std::uint64_t warmup = 0, steps = 1;

  /// Of step 0 … steps - 1: above 0.
  [[nodiscard]] float factor(std::uint64_t step) const;
};

}  // namespace freebits::search
