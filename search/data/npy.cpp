// SPDX-License-Identifier: Apache-2.0
// NumPy's format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "search/data/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "search/data/file.hpp"

namespace freebits::search {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 6> kStart = {0x93, 'N', 'U', 'M', 'P', 'Y'};

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  throw Error(fmt::format("{}: {}", file.string(), what));
}

struct Header {
  std::string type;  ///< such as "<u2"
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// A dictionary of Python's with the three keys that there are, as NumPy writes it.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : text_(text) {}

  [[nodiscard]] std::optional<Header> parsed() {
    Header header;
    bool type = false, order = false, shape = false;
    if (!take("{")) return std::nullopt;
    while (!take("}")) {
      if (take("'descr'") && !type) {
        type = take(":") && take_text(header.type);
        if (!type) return std::nullopt;
      } else if (take("'fortran_order'") && !order) {
        order = take(":") && take_flag(header.fortran_order);
        if (!order) return std::nullopt;
      } else if (take("'shape'") && !shape) {
        shape = take(":") && take_shape(header.shape);
        if (!shape) return std::nullopt;
      } else {
        return std::nullopt;
      }
      (void)take(",");
    }
    if (!type || !order || !shape) return std::nullopt;
    return header;
  }

 private:
  bool take(std::string_view word) {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool take_text(std::string& to) {
    if (!take("'")) return false;
    const std::size_t end = text_.find('\'');
    if (end == std::string_view::npos) return false;
    to = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return true;
  }
  bool take_flag(bool& to) {
    to = take("True");
    return to || take("False");
  }
  bool take_shape(std::vector<std::size_t>& to) {
    if (!take("(")) return false;
    while (!take(")")) {
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc()) return false;
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      to.push_back(size);
      if (!take(",") && !text_.starts_with(')')) return false;
    }
    return true;
  }

  std::string_view text_;
};

/// Where the numbers begin, and what they are.
std::pair<Header, Bytes> split(const std::filesystem::path& file, Bytes bytes) {
  constexpr std::size_t kVersionAt = 6, kLengthAt = 8;
  if (bytes.size() < kLengthAt + 4 || !std::equal(kStart.begin(), kStart.end(), bytes.begin()))
    fail(file, fmt::format("{} bytes are no .npy", bytes.size()));
  const unsigned version = bytes[kVersionAt];
  if (version < 1 || version > 3)
    fail(file, fmt::format(".npy of version {}, expected 1 to 3", version));
  const std::size_t width = version == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i) length |= std::size_t{bytes[kLengthAt + i]} << (8 * i);
  const std::size_t begin = kLengthAt + width;
  if (length > bytes.size() - begin)
    fail(file, fmt::format("{} bytes, cut short in the .npy's header", bytes.size()));
  const std::string text(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                         bytes.begin() + static_cast<std::ptrdiff_t>(begin + length));
  auto header = HeaderText(text).parsed();
  if (!header) fail(file, "damaged header of a .npy, expected descr, fortran_order and shape");
  return {std::move(*header), bytes.subspan(begin + length)};
}

/// A type of whole numbers.
struct Number {
  std::size_t bytes = 0;
  bool is_signed = false, big_endian = false;
};

Number number_of(const std::filesystem::path& file, std::string_view type) {
  constexpr std::string_view kOrders = "|<>=", kKinds = "biu", kSizes = "1248";
  if (type.size() != 3 || kOrders.find(type[0]) == std::string_view::npos ||
      kKinds.find(type[1]) == std::string_view::npos ||
      kSizes.find(type[2]) == std::string_view::npos)
    fail(file, fmt::format("numbers of type '{}', expected whole ones such as '|u1' or '<i4'",
                           type.substr(0, 20)));
  return {.bytes = static_cast<std::size_t>(type[2] - '0'),
          .is_signed = type[1] == 'i',
          .big_endian = type[0] == '>'};
}

std::uint64_t bits_at(Bytes bytes, bool big_endian) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits = bits << 8 | bytes[big_endian ? i : bytes.size() - 1 - i];
  return bits;
}

std::int64_t value_of(const std::filesystem::path& file, std::uint64_t bits, const Number& type) {
  if (type.is_signed) {
    const unsigned shift = 64 - 8 * static_cast<unsigned>(type.bytes);
    return static_cast<std::int64_t>(bits << shift) >> shift;
  }
  if (bits > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    fail(file, fmt::format("{}, expected at most 2^63 - 1", bits));
  return static_cast<std::int64_t>(bits);
}

/// The number of values; nothing when it is not what `bytes` hold.
std::optional<std::size_t> count_of(const std::vector<std::size_t>& shape, std::size_t bytes,
                                    std::size_t each) {
  if (std::ranges::find(shape, std::size_t{0}) != shape.end())
    return bytes == 0 ? std::optional<std::size_t>(0) : std::nullopt;
  std::size_t count = 1;
  for (const std::size_t size : shape) {
    if (size > bytes / each / count) return std::nullopt;
    count *= size;
  }
  return count * each == bytes ? std::optional(count) : std::nullopt;
}

/// Where the value of an index of C's order lies in Fortran's.
std::size_t fortran_place(std::size_t index, const std::vector<std::size_t>& shape) {
  std::size_t place = 0, rest = index, stride = 1;
  for (const std::size_t size : shape) stride *= size;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    stride /= shape[axis];
    place += rest % shape[axis] * stride;
    rest /= shape[axis];
  }
  return place;
}

}  // namespace

bool is_npy(const std::filesystem::path& file) {
  const FileEnds ends = read_ends(file);
  return ends.size >= kStart.size() && std::equal(kStart.begin(), kStart.end(), ends.head.begin());
}

IntegerArray read_npy(const std::filesystem::path& file) {
  std::vector<std::uint8_t> bytes;
  read_file(file, bytes);
  const auto [header, data] = split(file, bytes);
  const Number type = number_of(file, header.type);
  const auto count = count_of(header.shape, data.size(), type.bytes);
  if (!count) {
    fail(file, fmt::format("{} bytes of numbers, which are not as many as its shape ({}) has",
                           data.size(), fmt::join(header.shape, ", ")));
  }
  IntegerArray array{header.shape, std::vector<std::int64_t>(*count)};
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t at = header.fortran_order ? fortran_place(i, header.shape) : i;
    const Bytes each = data.subspan(at * type.bytes, type.bytes);
    array.values[i] = value_of(file, bits_at(each, type.big_endian), type);
  }
  return array;
}

}  // namespace freebits::search
