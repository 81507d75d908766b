// SPDX-License-Identifier: Apache-2.0
// Pictures of every kind that cameras and programs write, of random pixels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "files.hpp"

namespace freebits::search::test {

/// A TIFF structure as EXIF has it, with this orientation among other tags.
[[nodiscard]] Bytes exif(unsigned orientation, bool big_endian = false);

enum class PngColours : std::uint8_t { Grey, GreyAlpha, Palette, Rgb, Rgba };

struct PngKind {
  PngColours colours = PngColours::Rgb;
  int depth = 8;  ///< bits a sample
  bool interlaced = false;
  std::optional<std::uint8_t> fill;  ///< of all bytes of all pixels; none: random
};
[[nodiscard]] Bytes random_png(const PngKind& kind, std::uint64_t seed, unsigned height = 13,
                               unsigned width = 21);

/// Puts a chunk before the first that is called `before`.
[[nodiscard]] Bytes with_chunk(const Bytes& png, const std::string& name, const Bytes& data,
                               const std::string& before);
/// gAMA of a factor of 1 / 100000.
[[nodiscard]] Bytes with_gamma(const Bytes& png, std::uint32_t gamma);

enum class JpegColours : std::uint8_t { Grey, Rgb, Ycc, Cmyk, Ycck };

struct JpegKind {
  JpegColours colours = JpegColours::Ycc;
  int horizontal = 2, vertical = 2;  ///< pixels that share a sample of colour
  bool progressive = false;
  bool adobe = true;          ///< the marker, where four colours would have it
  unsigned restart_rows = 0;  ///< restart markers after so many rows of blocks
};
/// `exif`: an EXIF marker's TIFF structure; empty: none.
[[nodiscard]] Bytes random_jpeg(const JpegKind& kind, std::uint64_t seed, const Bytes& exif = {},
                                unsigned height = 37, unsigned width = 53);

}  // namespace freebits::search::test
