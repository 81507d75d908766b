// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// Moves an image of shape `inner` from the front of `image`, which has the bytes of `outer`, to
/// its middle, in place, and makes the rest black.
void add_border(const ImageShape& inner, const ImageShape& outer, std::span<std::uint8_t> image);

}  // namespace freebits::search
