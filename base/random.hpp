// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

namespace freebits {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), started
/// from a key of several numbers: (seed, epoch, index) gives the same stream in any thread, at
/// any time. Equal on all machines, unlike the distributions of the standard library.
class Random {
 public:
  constexpr Random(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t part : key) state_ = mixed(state_ + kStep + mixed(part + kStep));
  }

  constexpr std::uint64_t next() { return mixed(state_ += kStep); }

  /// 0 … n - 1, for n from 1 to 2^32.
  constexpr std::uint64_t below(std::uint64_t n) { return ((next() >> 32) * n) >> 32; }

  /// In [0, 1), a multiple of 2^-24.
  constexpr float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24F; }

  /// In [low, high).
  constexpr float between(float low, float high) { return low + (high - low) * uniform(); }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;

  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t state_ = 0;
};

}  // namespace freebits
