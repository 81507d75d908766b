// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace freebits::search {

std::vector<std::size_t> place(std::span<const Placement> placements) {
  constexpr std::size_t kLine = 16;
  std::vector<std::size_t> order(placements.size()), offsets(placements.size()), placed;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](auto a, auto b) {
    return placements[a].floats != placements[b].floats
               ? placements[a].floats > placements[b].floats
               : a < b;
  });
  for (const std::size_t i : order) {
    const Placement& p = placements[i];
    std::size_t offset = 0;
    // `placed` is in order of offsets: the first gap wide enough is the lowest.
    for (const std::size_t j : placed) {
      const Placement& other = placements[j];
      if (other.last < p.first || p.last < other.first) continue;
      if (offset + p.floats <= offsets[j]) break;
      offset = std::max(offset, (offsets[j] + other.floats + kLine - 1) / kLine * kLine);
    }
    offsets[i] = offset;
    placed.insert(std::ranges::upper_bound(placed, offset, {}, [&](auto j) { return offsets[j]; }),
                  i);
  }
  return offsets;
}

}  // namespace freebits::search
