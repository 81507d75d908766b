// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace freebits::tb {

/// The bytes a byte enable lets through.
inline constexpr auto kLanes = [] {
  std::array<std::uint64_t, 256> table{};
  for (unsigned enable = 0; enable < table.size(); ++enable) {
    for (unsigned i = 0; i < 8; ++i) {
      if ((enable >> i & 1) != 0) table[enable] |= std::uint64_t{0xff} << (8 * i);
    }
  }
  return table;
}();

}  // namespace freebits::tb
