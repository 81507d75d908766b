// SPDX-License-Identifier: Apache-2.0
#include "search/data/image_promise.hpp"

#include <fmt/format.h>

#include "search/data/image_file.hpp"

namespace freebits::search {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Promise {
  std::uint64_t height = 0, width = 0;
  std::uint64_t most_pixels = 0;  ///< that so many bytes can hold
};

std::uint64_t big_endian(Bytes bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

/// A pixel is a bit at least, and DEFLATE makes at most 1,032 bits of one.
Promise of_png(Bytes bytes) {
  constexpr std::size_t kSizes = 16, kMostBits = 8 * 1032;
  if (bytes.size() < kSizes + 8) return {};
  return {big_endian(bytes.subspan(kSizes + 4, 4)), big_endian(bytes.subspan(kSizes, 4)),
          bytes.size() * kMostBits};
}

/// A block of 8 x 8 pixels has a Huffman code of a bit at least. (Arithmetic codes have no such
/// bound; the decoder's own limit has to do.)
Promise of_jpeg(Bytes bytes) {
  constexpr std::uint64_t kMostPixels = std::uint64_t{64} * 8;
  for (std::size_t at = 2; at + 9 <= bytes.size() && bytes[at] == 0xFF;) {
    const std::uint8_t marker = bytes[at + 1];
    const bool is_frame = marker >= 0xC0 && marker <= 0xC7 && marker != 0xC4;  // Huffman
    if (is_frame) {
      return {big_endian(bytes.subspan(at + 5, 2)), big_endian(bytes.subspan(at + 7, 2)),
              bytes.size() * kMostPixels};
    }
    at += marker == 0xFF ? 1 : 2 + big_endian(bytes.subspan(at + 2, 2));
  }
  return {};
}

}  // namespace

void expect_pixels_held(Bytes bytes) {
  const bool is_png = !bytes.empty() && bytes[0] == 0x89;
  const Promise p = is_png ? of_png(bytes) : of_jpeg(bytes);
  if (p.height * p.width <= p.most_pixels) return;
  throw DamagedImage(
      fmt::format("damaged {}: {} x {} pixels, expected at most the {} that {} bytes "
                  "can hold",
                  is_png ? "PNG" : "JPEG", p.width, p.height, p.most_pixels, bytes.size()));
}

}  // namespace freebits::search
