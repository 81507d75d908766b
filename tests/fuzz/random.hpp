// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>

namespace freebits::fuzz {

/// The same on every machine, which the distributions of <random> are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// 0 … count - 1; count >= 1.
  std::size_t below(std::size_t count) { return engine_() % count; }
  /// Small ones mostly: 1 … most, each power of two as likely as the next.
  std::size_t size(std::size_t most) {
    std::size_t limit = 1;
    while (limit < most && below(4) != 0) limit *= 4;
    return 1 + below(limit < most ? limit : most);
  }
  bool one_in(unsigned count) { return below(count) == 0; }
  template <class List>
  auto& of(List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

/// At the edges of what integers and sizes hold.
inline constexpr std::array<std::uint64_t, 24> kEdges = {0,
                                                         1,
                                                         2,
                                                         3,
                                                         4,
                                                         7,
                                                         8,
                                                         0x7f,
                                                         0x80,
                                                         0xff,
                                                         0x100,
                                                         0x7fff,
                                                         0x8000,
                                                         0xffff,
                                                         0x10000,
                                                         0xfffff,
                                                         0x7fffffff,
                                                         0x80000000,
                                                         0xfffffff0,
                                                         0xffffffff,
                                                         0x100000000,
                                                         0x7fffffffffffffff,
                                                         0x8000000000000000,
                                                         0xffffffffffffffff};

}  // namespace freebits::fuzz
