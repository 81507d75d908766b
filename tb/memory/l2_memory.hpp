// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tb/memory/lanes.hpp"
#include "tb/memory/outside.hpp"
#include "tb/memory/tlm_memory.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {

/// On chip: one 64-bit access a cycle, in the order of arrival, complete `latency` cycles after its
/// slot.
class L2Memory final : public TlmMemory {
 public:
  L2Memory(const Clock& clock, sc_core::sc_time period, std::uint32_t base,
           const L2Parameters& parameters)
      : TlmMemory(clock, period, base, parameters.bytes), latency_(parameters.latency) {}

  /// The cycle in which an access that arrives in cycle `now` takes place.
  std::uint64_t slot(std::uint64_t now) {
    const std::uint64_t slot = std::max(now, free_);
    free_ = slot + 1;
    ++accesses_;
    return slot;
  }
  /// What b_transport does with a request of the port, without a transaction: by far most requests
  /// end here. The contents of the block.
  std::uint64_t exchange(const OutsideRequest& request) {
    std::uint8_t* const memory = at(request.address);
    std::uint64_t block = 0;
    std::memcpy(&block, memory, sizeof block);
    if (request.write) {
      const std::uint64_t lanes = kLanes[request.byte_enable];
      block = (block & ~lanes) | (request.data & lanes);
      std::memcpy(memory, &block, sizeof block);
    }
    return block;
  }
  [[nodiscard]] unsigned latency() const { return latency_; }
  [[nodiscard]] std::uint64_t accesses() const { return accesses_; }
  void reset() { free_ = accesses_ = 0; }
  void state(auto& s) {
    TlmMemory::state(s);
    s(free_, accesses_);
  }

 private:
  std::uint64_t access(const tlm::tlm_generic_payload&, std::uint64_t now) override {
    return slot(now) + latency_;
  }

  unsigned latency_;
  std::uint64_t free_ = 0;  ///< first cycle without an access
  std::uint64_t accesses_ = 0;
};

}  // namespace freebits::tb
