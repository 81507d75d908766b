// SPDX-License-Identifier: Apache-2.0
#include "search/data/orientation.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace freebits::search {
namespace {

constexpr unsigned kUpright = 1, kMost = 8;
constexpr unsigned kFirstTransposed = 5;  ///< from here on rows and columns change places

/// A TIFF structure, none of whose numbers is believed before the bytes are there.
class Tiff {
 public:
  explicit Tiff(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  /// The first value of a tag of the first directory that holds whole numbers.
  [[nodiscard]] std::optional<std::uint32_t> first_value(unsigned tag) {
    constexpr std::uint32_t kMark = 42, kOffsetAt = 4, kEntry = 12;
    if (bytes_.size() < 2 || bytes_[0] != bytes_[1]) return std::nullopt;
    big_endian_ = bytes_[0] == 'M';
    if ((!big_endian_ && bytes_[0] != 'I') || number(2, 2) != kMark) return std::nullopt;
    const auto directory = number(kOffsetAt, 4);
    const auto count = directory ? number(*directory, 2) : std::nullopt;
    for (std::uint32_t i = 0; count && i < *count; ++i) {
      const std::uint64_t entry = *directory + std::uint64_t{2} + std::uint64_t{i} * kEntry;
      if (number(entry, 2) == tag) return value_of(entry);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<std::uint32_t> value_of(std::uint64_t entry) const {
    constexpr std::uint32_t kByte = 1, kShort = 3, kLong = 4;
    const auto type = number(entry + 2, 2), count = number(entry + 4, 4);
    if (!count || *count == 0) return std::nullopt;
    if (type == kByte) return number(entry + 8, 1);
    if (type == kShort) return number(entry + 8, 2);
    if (type == kLong && *count == 1) return number(entry + 8, 4);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::uint32_t> number(std::uint64_t at, unsigned bytes) const {
    if (at + bytes > bytes_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i)
      value = value << 8 | bytes_[at + (big_endian_ ? i : bytes - 1 - i)];
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  bool big_endian_ = false;
};

}  // namespace

unsigned exif_orientation(std::span<const std::uint8_t> tiff) {
  constexpr unsigned kTag = 274;
  const auto value = Tiff(tiff).first_value(kTag);
  return value && *value >= kUpright && *value <= kMost ? *value : kUpright;
}

void orient(DecodedImage& image, unsigned orientation) {
  if (orientation == kUpright) return;
  const bool transposed = orientation >= kFirstTransposed;
  // Which of its ends a row, and a column, of the upright picture begins at.
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const unsigned height = transposed ? image.width : image.height;
  const unsigned width = transposed ? image.height : image.width;
  std::vector<std::uint8_t> upright(image.rgb.size());
  std::uint8_t* to = upright.data();
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned x = 0; x < width; ++x, to += 3) {
      const unsigned row = transposed ? x : y, column = transposed ? y : x;
      const std::size_t from_row = from_bottom ? image.height - 1 - row : row;
      const std::size_t from_column = from_right ? image.width - 1 - column : column;
      std::memcpy(to, image.rgb.data() + (from_row * image.width + from_column) * 3, 3);
    }
  }
  image.rgb = std::move(upright);
  if (!transposed) return;
  std::swap(image.height, image.width);
  std::swap(image.full_height, image.full_width);
}

}  // namespace freebits::search
