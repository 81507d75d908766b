// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "program.hpp"
#include "rng.hpp"

namespace freebits::random {

/// Drives the interrupt lines at random, and ends every wait for an interrupt.
class InterruptSource {
 public:
  static constexpr std::uint32_t kAllLines = 0xffff'0888;

  explicit InterruptSource(const Environment& environment)
      : interval_(environment.interrupt_interval), rng_(environment.interrupt_seed) {}

  /// The lines of the next cycle.
  std::uint32_t next(bool sleeping) {
    asleep_ = sleeping ? asleep_ + 1 : 0;
    if (asleep_ == 0 && woken_) lines_ = 0, woken_ = false;
    if (asleep_ > kPatience) {
      lines_ = kAllLines;
      woken_ = true;
    } else if (interval_ != 0 && rng_.below(interval_) == 0) {
      lines_ = rng_.chance(40) ? 0 : 1U << rng_.below(32) & kAllLines;
      if (rng_.chance(20)) lines_ |= rng_.bits() & kAllLines;
      if (rng_.chance(15)) lines_ = rng_.bits() & kStandardLines;
    }
    return lines_;
  }

  /// The core has entered this interrupt's handler: most devices now withdraw their request.
  void taken(std::uint32_t cause) {
    if (rng_.chance(95)) lines_ &= ~(1U << cause);
    if (rng_.chance(50)) lines_ = 0;
  }

  /// Every line is up and the core sleeps on: mie is 0.
  [[nodiscard]] bool exhausted() const { return asleep_ > 2 * kPatience; }

 private:
  static constexpr std::uint32_t kStandardLines = 0x888;
  static constexpr unsigned kPatience = 40;  ///< cycles asleep

  unsigned interval_;
  Rng rng_;
  std::uint32_t lines_ = 0;
  unsigned asleep_ = 0;
  bool woken_ = false;
};

}  // namespace freebits::random
