// SPDX-License-Identifier: Apache-2.0
// What a data set is, wherever it lies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// A hash of 64 bits, against mistakes and not against malice. The same on every machine.
class ContentHash {
 public:
  void add(std::uint64_t word);
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);
  [[nodiscard]] std::uint64_t value() const { return hash_; }
  /// 16 hexadecimal digits.
  [[nodiscard]] std::string text() const;

 private:
  std::uint64_t hash_ = 0x9e3779b97f4a7c15;
};

/// 16 hexadecimal digits that stand for the images and labels of both splits in their order.
[[nodiscard]] std::string content_of(const Dataset& train, const Dataset& test);

/// Whether two specs of open_dataset() name the same place, written in the same way or not.
[[nodiscard]] bool same_place(std::string_view a, std::string_view b);

}  // namespace freebits::search
