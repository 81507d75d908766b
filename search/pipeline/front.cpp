// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/front.hpp"

#include <algorithm>
#include <numeric>

namespace freebits::search {
namespace {

/// Indices of points, the fastest first, of equally fast ones the most accurate.
std::vector<std::size_t> by_cycles(std::span<const Point> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (points[a].cycles != points[b].cycles) return points[a].cycles < points[b].cycles;
    return points[a].accuracy > points[b].accuracy;
  });
  return order;
}

}  // namespace

std::vector<std::size_t> pareto_front(std::span<const Point> points) {
  std::vector<std::size_t> front;
  for (const std::size_t i : by_cycles(points)) {
    if (front.empty() || points[i].accuracy > points[front.back()].accuracy) front.push_back(i);
  }
  return front;
}

std::optional<std::size_t> fastest(std::span<const Point> points, double least_accuracy) {
  for (const std::size_t i : by_cycles(points)) {
    if (points[i].accuracy >= least_accuracy) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> most_accurate(std::span<const Point> points, std::uint64_t most_cycles) {
  std::optional<std::size_t> best;
  for (const std::size_t i : by_cycles(points)) {
    if (points[i].cycles > most_cycles) break;
    if (!best || points[i].accuracy > points[*best].accuracy) best = i;
  }
  return best;
}

}  // namespace freebits::search
