// SPDX-License-Identifier: Apache-2.0
// Which way up a camera held a picture: EXIF's tag 274, and turning the pixels.
#pragma once

#include <cstdint>
#include <span>

#include "search/data/image_file.hpp"

namespace freebits::search {

/// 1 … 8, of a TIFF structure as EXIF has it; 1, as stored, where there is none that can be read:
/// damage to what a picture says of itself is no damage to the picture.
[[nodiscard]] unsigned exif_orientation(std::span<const std::uint8_t> tiff);

/// Turns and mirrors the pixels so that the picture stands upright.
void orient(DecodedImage& image, unsigned orientation);

}  // namespace freebits::search
