// SPDX-License-Identifier: Apache-2.0
#include "search/train/schedule.hpp"

#include <cmath>
#include <numbers>

namespace freebits::search {

float Schedule::factor(std::uint64_t step) const {
  if (step < warmup) return static_cast<float>(step + 1) / static_cast<float>(warmup);
  const double done = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  return static_cast<float>((1 + std::cos(std::numbers::pi * done)) / 2);
}

}  // namespace freebits::search
