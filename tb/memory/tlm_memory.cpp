// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/tlm_memory.hpp"

#include <cstring>

/// SystemC's library wants the entry point of its own `main`, which only a platform with a kernel
/// defines.
__attribute__((weak)) int sc_main(int, char*[]) { return 0; }

namespace freebits::tb {
namespace {

constexpr unsigned kWord = 8;  ///< of the cluster's port

/// An enable byte is 0xff or 0x00: a mask. `enable` repeats where it is shorter than the data.
void write_enabled(std::uint8_t* to, const std::uint8_t* from, unsigned length,
                   const std::uint8_t* enable, unsigned enable_length) {
  if (length == kWord && enable_length == kWord) {
    std::uint64_t old = 0, data = 0, mask = 0;
    std::memcpy(&old, to, kWord);
    std::memcpy(&data, from, kWord);
    std::memcpy(&mask, enable, kWord);
    old = (old & ~mask) | (data & mask);
    std::memcpy(to, &old, kWord);
    return;
  }
  for (unsigned i = 0; i < length; ++i) {
    if (enable[i % enable_length] == TLM_BYTE_ENABLED) to[i] = from[i];
  }
}

}  // namespace

bool TlmMemory::copy(tlm::tlm_generic_payload& payload) {
  const auto address = static_cast<std::uint32_t>(payload.get_address());
  const unsigned length = payload.get_data_length();
  if (address != payload.get_address() || !contains(address, length)) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return false;
  }
  std::uint8_t* memory = at(address);
  std::uint8_t* data = payload.get_data_ptr();
  const std::uint8_t* enable = payload.get_byte_enable_ptr();
  if (payload.is_read()) {
    length == kWord ? std::memcpy(data, memory, kWord) : std::memcpy(data, memory, length);
  } else if (payload.is_write()) {
    if (enable != nullptr) {
      write_enabled(memory, data, length, enable, payload.get_byte_enable_length());
    } else {
      std::memcpy(memory, data, length);
    }
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return true;
}

std::uint64_t TlmMemory::serve(tlm::tlm_generic_payload& payload, std::uint64_t now) {
  return copy(payload) ? access(payload, now) : now;
}

unsigned int TlmMemory::transport_dbg(tlm::tlm_generic_payload& payload) {
  return copy(payload) ? payload.get_data_length() : 0;
}

}  // namespace freebits::tb
