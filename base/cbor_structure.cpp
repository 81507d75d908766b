// SPDX-License-Identifier: Apache-2.0
#include "base/cbor_structure.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "base/document.hpp"
#include "base/error.hpp"

namespace freebits {
namespace {

/// RFC 8949, 3.1.
enum Major : unsigned { Unsigned, Negative, Bytes, Text, Array, Map, Tag, Simple };

class Structure {
 public:
  Structure(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  void check() {
    std::vector<std::uint64_t> open = {1};  // items to come, in each list and object around
    while (!open.empty()) {
      if (open.back() == 0) {
        open.pop_back();
        continue;
      }
      --open.back();
      const std::uint64_t within = item();
      if (within == 0) continue;
      open.push_back(within);
      if (open.size() > kMostDepth + 1)
        fail(fmt::format("nested deeper than {}, expected at most that", kMostDepth));
    }
    if (at_ != bytes_.size())
      fail(fmt::format("{} bytes more, expected the end", bytes_.size() - at_));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(
        fmt::format("{}: at byte {} of {} of its CBOR: {}", where_, at_, bytes_.size(), what));
  }

  void expect(std::uint64_t count, const char* what) const {
    if (count <= bytes_.size() - at_) return;
    fail(fmt::format("{} {}, expected at most the {} that are left", count, what,
                     bytes_.size() - at_));
  }

  /// Reads a head, and what a text or bytes hold; how many items a list or object has.
  std::uint64_t item() {
    expect(1, "byte of another item");
    const auto head = static_cast<std::uint8_t>(bytes_[at_]);
    const unsigned major = head >> 5, more = head & 0x1f;
    if (major == Tag) fail("a tag, expected none");
    if (more > 27) fail("an indefinite or reserved length, expected a definite one");
    ++at_;
    const std::uint64_t value = argument(more);
    if (major == Bytes || major == Text) {
      expect(value, "bytes of a text or of bytes");
      at_ += value;
    }
    if (major != Array && major != Map) return 0;
    const std::uint64_t least = major == Map ? 2 : 1;  // bytes that each takes
    expect(value > bytes_.size() ? value : least * value, "bytes at least of a list or an object");
    return least * value;
  }

  std::uint64_t argument(unsigned more) {
    if (more < 24) return more;
    const unsigned count = 1U << (more - 24);
    expect(count, "bytes of a number");
    std::uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i)
      value = value << 8 | static_cast<std::uint8_t>(bytes_[at_++]);
    return value;
  }

  std::string_view bytes_;
  const std::string& where_;
  std::size_t at_ = 0;
};

}  // namespace

void check_cbor_structure(std::string_view bytes, const std::string& where) {
  Structure(bytes, where).check();
}

}  // namespace freebits
