// SPDX-License-Identifier: Apache-2.0
// Thresholds with the least squared quantization error.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/autograd/quantizer.hpp"
#include "search/autograd/threads.hpp"

namespace freebits::search {

/// Of values, `stride` apart; at most their largest. 0 when all are 0.
[[nodiscard]] float least_error_threshold(std::span<const float> values, std::size_t stride,
                                          const Grid& grid);

/// How often values lie where in [-largest, largest]; exact zeros are left out, as no threshold
/// errs there.
class Histogram {
 public:
  explicit Histogram(float largest) : largest_(largest), counts_(kBins, 0) {}
  /// The same counts for any number of threads.
  void add(std::span<const float> values, Threads& threads);
  [[nodiscard]] float largest() const { return largest_; }
  /// At most `largest`.
  [[nodiscard]] float least_error_threshold(const Grid& grid) const;

 private:
  static constexpr std::size_t kBins = 4096;
  float largest_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace freebits::search
