// SPDX-License-Identifier: Apache-2.0
#include "tb/isa/counters.hpp"

namespace freebits::isa {
namespace {

constexpr unsigned kCycle = 0;
constexpr unsigned kInstret = 2;

// Events of the instruction that accesses the counters: it counts as a cycle and as retired, and
// does nothing else.
std::uint64_t own_increment(unsigned index) { return index == kCycle || index == kInstret ? 1 : 0; }

}  // namespace

std::uint64_t Counters::total(unsigned index, std::uint64_t order) const {
  switch (index) {
    case kCycle:
      return order;
    case kInstret:
      return order - traps;
    case 5:
      return taken_branches;
    case 10:
      return loads_and_stores;
    default:
      return 0;
  }
}

std::uint64_t Counters::read(unsigned index, std::uint64_t order) const {
  return inhibited(index) ? offset_[index] : offset_[index] + total(index, order);
}

void Counters::write(unsigned index, std::uint64_t value, std::uint64_t order) {
  offset_[index] = value;
  if (!inhibited(index)) offset_[index] -= total(index, order) + own_increment(index);
}

void Counters::write_inhibit(std::uint32_t value, std::uint64_t order) {
  for (unsigned i = 0; i < kCount; ++i) {
    const bool inhibit_now = (value >> i & 1) != 0;
    if (inhibit_now == inhibited(i)) continue;
    const std::uint64_t total_after = total(i, order) + own_increment(i);
    offset_[i] = inhibit_now ? offset_[i] + total_after : offset_[i] - total_after;
  }
  inhibit_ = value;
}

}  // namespace freebits::isa
