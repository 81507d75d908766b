// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "models/graph/bit_widths.hpp"

namespace freebits::search {

/// Of a width in models::kBitWidths.
[[nodiscard]] inline std::size_t place_of(unsigned bits) {
  return static_cast<std::size_t>(std::ranges::find(models::kBitWidths, bits) -
                                  models::kBitWidths.begin());
}

}  // namespace freebits::search
