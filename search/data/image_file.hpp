// SPDX-License-Identifier: Apache-2.0
// JPEG and PNG in memory to RGB.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "search/data/file.hpp"

namespace freebits::search {

/// The bytes are no image, or not all of one. Says what, not which file.
class DamagedImage : public Error {
 public:
  using Error::Error;
};

/// Upright, whatever EXIF says of how the file has it. Memory is used again by the next image.
struct DecodedImage {
  unsigned full_height = 0, full_width = 0;  ///< of the file; a JPEG may be decoded smaller
  unsigned height = 0, width = 0;
  std::vector<std::uint8_t> rgb;  ///< [height][width][3]
};

inline constexpr std::uint64_t kMostPixels = std::uint64_t{1}
                                             << 27;  ///< larger is damage, or a trap

/// `shorter`: the caller will scale to a shorter side of this; what is decoded has at least that,
/// or all there is. All three throw DamagedImage.
void decode_jpeg(std::span<const std::uint8_t> bytes, unsigned shorter, DecodedImage& image);
void decode_png(std::span<const std::uint8_t> bytes, DecodedImage& image);
void decode_image(std::span<const std::uint8_t> bytes, unsigned shorter, DecodedImage& image);

/// Whether it begins as a JPEG or PNG does.
[[nodiscard]] bool starts_as_image(const FileEnds& ends);

/// By its ends alone. False: only decoding can tell. Throws DamagedImage when it is surely none.
[[nodiscard]] bool looks_whole(const FileEnds& ends);

}  // namespace freebits::search
