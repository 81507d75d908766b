// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/timed_allocator.hpp"

#include <algorithm>

namespace freebits::models {

std::optional<TimedAllocator::Id> TimedAllocator::place(std::uint32_t bytes, Lifetime time,
                                                        std::optional<Id> may_overlap) {
  bytes = (bytes + 7) & ~7U;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> taken;  // begin, end
  for (Id id = 0; id < blocks_.size(); ++id) {
    const Block& b = blocks_[id];
    if (b.time.meets(time) && id != may_overlap) taken.emplace_back(b.address, b.address + b.bytes);
  }
  std::ranges::sort(taken);
  taken.emplace_back(end_, end_);
  std::optional<std::uint32_t> best;
  std::uint32_t smallest = ~0U, free_from = begin_;
  for (const auto& [begin, end] : taken) {
    if (begin >= free_from && begin - free_from >= bytes && begin - free_from < smallest) {
      smallest = begin - free_from;
      best = free_from;
    }
    free_from = std::max(free_from, end);
  }
  if (!best) return std::nullopt;
  blocks_.push_back({*best, bytes, time});
  return blocks_.size() - 1;
}

bool TimedAllocator::extend(Id id, std::uint32_t end) {
  Block& block = blocks_[id];
  if (end <= block.time.end) return true;
  Block longer = block;
  longer.time = {block.time.end + 1, end};
  for (const Block& other : blocks_) {
    if (&other != &block && other.meets(longer)) return false;
  }
  block.time.end = end;
  return true;
}

}  // namespace freebits::models
