// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tb/memory/tlm_target.hpp"

namespace freebits::tb {

/// Passes each transaction on to the target that holds its address; an address error where there is
/// none. Addresses stay those of the system.
class TlmRouter final : public tlm::tlm_fw_transport_if<> {
 public:
  void add(std::uint32_t base, std::uint32_t bytes, TlmTarget& target);

  /// Null: no target holds the address.
  [[nodiscard]] TlmTarget* find(std::uint64_t address) const {
    for (const Range& r : ranges_) {
      if (address - r.base < r.bytes) return r.target;
    }
    return nullptr;
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;

 private:
  struct Range {
    std::uint64_t base, bytes;
    TlmTarget* target;
  };
  std::vector<Range> ranges_;
};

}  // namespace freebits::tb
