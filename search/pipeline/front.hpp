// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace freebits::search {

/// A network on the plane of accuracy and cycles.
struct Point {
  double accuracy = 0;  ///< share of 1
  std::uint64_t cycles = 0;
};

/// Indices of the points that no other beats (fewer cycles at no less accuracy, or more accuracy
/// at no more cycles), by cycles; of equal ones the first.
[[nodiscard]] std::vector<std::size_t> pareto_front(std::span<const Point> points);

/// The fastest point of at least this accuracy; of equally fast ones the most accurate.
[[nodiscard]] std::optional<std::size_t> fastest(std::span<const Point> points,
                                                 double least_accuracy);
/// The most accurate point of at most so many cycles; of equals the fastest.
[[nodiscard]] std::optional<std::size_t> most_accurate(std::span<const Point> points,
                                                       std::uint64_t most_cycles);

}  // namespace freebits::search
