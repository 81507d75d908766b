// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/l3_memory.hpp"

#include <algorithm>
#include <cmath>

namespace freebits::tb {
namespace {

constexpr std::uint32_t kBlock = 8;  ///< direct accesses move whole ones

}  // namespace

std::uint64_t L3Memory::cycles(std::uint32_t bytes) const {
  // 24 bytes at 0.3 bytes a cycle are 80 cycles, not 81, though no double is 0.3.
  constexpr double kRounding = 1e-6;
  return static_cast<std::uint64_t>(std::ceil(bytes / parameters_.bytes_per_cycle - kRounding));
}

std::uint64_t L3Memory::access(const tlm::tlm_generic_payload& payload, std::uint64_t now) {
  const std::uint64_t begin = payload.get_address() / kBlock * kBlock;
  const std::uint64_t end = payload.get_address() + payload.get_data_length();
  const auto bytes = static_cast<std::uint32_t>((end - begin + kBlock - 1) / kBlock * kBlock);
  const bool continues =
      last_ == Owner::Direct && begin == next_ && payload.is_write() == write_ && now <= free_;
  const std::uint64_t taken = std::max(now, free_);
  if (!continues) {
    first_ = taken + parameters_.latency;
    bytes_ = 0;
  } else if (bytes_ + bytes > parameters_.burst_bytes) {
    first_ = taken + parameters_.burst_setup;
    bytes_ = 0;
  }
  bytes_ += bytes;
  free_ = first_ + cycles(bytes_);
  last_ = Owner::Direct;
  next_ = begin + bytes;
  write_ = payload.is_write();
  moved_ += bytes;
  busy_ += free_ - taken;
  return free_;
}

std::uint64_t L3Memory::begin_burst(std::uint64_t now, bool further) {
  held_ = true;
  taken_ = std::max(now, free_);
  further = further && last_ == Owner::Dma;
  last_ = Owner::Dma;
  return taken_ + (further ? parameters_.burst_setup : parameters_.latency);
}

void L3Memory::end_burst(std::uint64_t end, std::uint32_t bytes) {
  held_ = false;
  free_ = end;
  moved_ += bytes;
  busy_ += end - taken_;
}

void L3Memory::reset() {
  free_ = moved_ = busy_ = 0;
  held_ = false;
  last_ = Owner::None;
}

}  // namespace freebits::tb
