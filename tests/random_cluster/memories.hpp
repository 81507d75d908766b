// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "memory_map.hpp"

namespace freebits::random_cluster {

/// Bytes of a memory: how they are at the start, and how they must be at the end.
struct Area {
  std::uint32_t base = 0;
  std::vector<std::uint8_t> initial, expected;
  std::vector<bool> judged;  ///< does not depend on time

  [[nodiscard]] bool covers(std::uint32_t address) const { return address - base < initial.size(); }
};

/// The data of a program in L1, L2 and L3.
class Memories {
 public:
  Memories();

  /// Fixes a byte's value at the start.
  void put(std::uint32_t address, std::uint8_t value);
  /// … and lets nothing change it, until expect().
  void judge(std::uint32_t address, std::uint32_t bytes);
  /// The byte will be `value`, whatever was said before.
  void expect(std::uint32_t address, std::uint8_t value);
  void expect_word(std::uint32_t address, std::uint32_t value);
  /// What the byte will be, as far as is known by now.
  [[nodiscard]] std::uint8_t expected(std::uint32_t address) const;

  [[nodiscard]] const std::array<Area, 3>& areas() const { return areas_; }

 private:
  template <class Areas>
  static auto& find(Areas& areas, std::uint32_t address) {
    for (auto& area : areas) {
      if (area.covers(address)) return area;
    }
    throw std::logic_error("no memory at " + std::to_string(address));
  }
  std::array<Area, 3> areas_;
};

}  // namespace freebits::random_cluster
