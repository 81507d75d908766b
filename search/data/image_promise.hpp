// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace freebits::search {

/// Throws DamagedImage when the header of a PNG or JPEG promises more pixels than its bytes can
/// hold, however well they are compressed: before memory is taken for them.
void expect_pixels_held(std::span<const std::uint8_t> bytes);

}  // namespace freebits::search
