// SPDX-License-Identifier: Apache-2.0
#include "search/data/image_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "search/data/image_promise.hpp"

namespace freebits::search {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 3> kJpegStart = {0xFF, 0xD8, 0xFF};
constexpr std::array<std::uint8_t, 2> kJpegEnd = {0xFF, 0xD9};
constexpr std::array<std::uint8_t, 8> kPngStart = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::array<std::uint8_t, 12> kPngEnd = {0,   0,   0,    0,    'I',  'E',
                                                  'N', 'D', 0xAE, 0x42, 0x60, 0x82};

bool starts_with(Bytes bytes, Bytes start) {
  return bytes.size() >= start.size() && std::equal(start.begin(), start.end(), bytes.begin());
}

bool ends_with(Bytes bytes, Bytes end) {
  return bytes.size() >= end.size() && starts_with(bytes.last(end.size()), end);
}

[[noreturn]] void neither(Bytes head, std::uint64_t size) {
  head = head.first(std::min<std::size_t>(4, size));
  throw DamagedImage(size == 0
                         ? "0 bytes, expected a JPEG or PNG image"
                         : fmt::format("neither JPEG nor PNG: {} bytes that start with {:02x}",
                                       size, fmt::join(head, "")));
}

}  // namespace

void decode_image(Bytes bytes, unsigned shorter, DecodedImage& image) {
  if (starts_with(bytes, kJpegStart)) {
    expect_pixels_held(bytes);
    decode_jpeg(bytes, shorter, image);
  } else if (starts_with(bytes, kPngStart)) {
    expect_pixels_held(bytes);
    decode_png(bytes, image);
  } else {
    neither(bytes, bytes.size());
  }
}

bool starts_as_image(const FileEnds& ends) {
  return starts_with(ends.head, kJpegStart) || starts_with(ends.head, kPngStart);
}

bool looks_whole(const FileEnds& ends) {
  if (!starts_as_image(ends)) neither(ends.head, ends.size);
  return starts_with(ends.head, kJpegStart) ? ends_with(ends.tail, kJpegEnd)
                                            : ends_with(ends.tail, kPngEnd);
}

}  // namespace freebits::search
