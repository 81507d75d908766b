// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tb/memory/tlm_target.hpp"

namespace freebits::tb {

/// A memory: contents here, timing in L2Memory and L3Memory. Payload addresses are those of the
/// system.
class TlmMemory : public TlmTarget {
 public:
  TlmMemory(const Clock& clock, sc_core::sc_time period, std::uint32_t base, std::uint32_t bytes)
      : TlmTarget(clock, period), base_(base), data_(bytes) {}

  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) final;

  [[nodiscard]] bool contains(std::uint32_t address, std::size_t bytes) const {
    const std::uint32_t offset = address - base_;
    return offset < data_.size() && bytes <= data_.size() - offset;
  }
  [[nodiscard]] std::uint8_t* at(std::uint32_t address) { return data_.data() + (address - base_); }
  [[nodiscard]] const std::uint8_t* at(std::uint32_t address) const {
    return data_.data() + (address - base_);
  }
  [[nodiscard]] std::uint32_t base() const { return base_; }
  [[nodiscard]] std::uint32_t bytes() const { return static_cast<std::uint32_t>(data_.size()); }
  void state(auto& s) { s(data_); }

 protected:
  std::uint64_t serve(tlm::tlm_generic_payload& payload, std::uint64_t now) final;
  /// The timing: an access that arrives in cycle `now`; the cycle of its completion.
  virtual std::uint64_t access(const tlm::tlm_generic_payload& payload, std::uint64_t now) = 0;

 private:
  bool copy(tlm::tlm_generic_payload& payload);

  std::uint32_t base_;
  std::vector<std::uint8_t> data_;
};

}  // namespace freebits::tb
