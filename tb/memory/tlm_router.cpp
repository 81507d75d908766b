// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/tlm_router.hpp"

namespace freebits::tb {

void TlmRouter::add(std::uint32_t base, std::uint32_t bytes, TlmTarget& target) {
  ranges_.push_back({base, bytes, &target});
}

void TlmRouter::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (TlmTarget* target = find(payload.get_address())) return target->b_transport(payload, delay);
  payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

tlm::tlm_sync_enum TlmRouter::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                              sc_core::sc_time& delay) {
  b_transport(payload, delay);
  return tlm::TLM_COMPLETED;
}

bool TlmRouter::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  TlmTarget* target = find(payload.get_address());
  return target != nullptr && target->get_direct_mem_ptr(payload, dmi);
}

unsigned int TlmRouter::transport_dbg(tlm::tlm_generic_payload& payload) {
  TlmTarget* target = find(payload.get_address());
  return target != nullptr ? target->transport_dbg(payload) : 0;
}

}  // namespace freebits::tb
