// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace freebits::search {

/// Memory needed from time `first` to `last`, both included.
struct Placement {
  std::size_t floats, first, last;
  float** memory;  ///< where its address goes
};

/// Offsets, multiples of a cache line, at which no two that live at the same time overlap: each at
/// the lowest that fits, larger ones first.
[[nodiscard]] std::vector<std::size_t> place(std::span<const Placement> placements);

}  // namespace freebits::search
