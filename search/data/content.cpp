// SPDX-License-Identifier: Apache-2.0
#include "search/data/content.hpp"

#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <vector>

namespace freebits::search {

void ContentHash::add(std::uint64_t word) {
  hash_ = (hash_ ^ word) * 0xff51afd7ed558ccd;
  hash_ ^= hash_ >> 32;
}

void ContentHash::add(std::span<const std::uint8_t> bytes) {
  add(bytes.size());
  std::uint64_t word = 0;
  for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    add(word);
  }
  word = 0;
  if (bytes.empty()) return;
  std::memcpy(&word, bytes.data(), bytes.size());
  add(word);
}

void ContentHash::add(std::string_view text) {
  add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::string ContentHash::text() const { return fmt::format("{:016x}", hash_); }

std::uint64_t Dataset::content() const {
  ContentHash hash;
  const ImageShape image = shape();
  for (const std::size_t each : {size(), std::size_t{classes()}, std::size_t{image.height},
                                 std::size_t{image.width}, std::size_t{image.channels}})
    hash.add(each);
  add_images(hash);
  return hash.value();
}

void Dataset::add_images(ContentHash& hash) const {
  std::vector<std::uint8_t> bytes(shape().size());
  for (std::size_t i = 0; i < size(); ++i) {
    hash.add(label(i));
    read(i, bytes);
    hash.add(bytes);
  }
}

std::string content_of(const Dataset& train, const Dataset& test) {
  ContentHash hash;
  hash.add(train.content());
  hash.add(test.content());
  return hash.text();
}

bool same_place(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto kind_a = a.find(':'), kind_b = b.find(':');
  if (kind_a == a.npos || kind_a != kind_b || a.substr(0, kind_a) != b.substr(0, kind_b))
    return false;
  std::error_code none;
  return std::filesystem::equivalent(a.substr(kind_a + 1), b.substr(kind_b + 1), none);
}

}  // namespace freebits::search
