// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <tlm>

#include "tb/memory/lanes.hpp"
#include "tb/memory/outside.hpp"
#include "tb/memory/tlm_target.hpp"

namespace freebits::tb {

/// A request of the cluster's port as a TLM transaction, used over and over. A core's access is the
/// word it means, so that reading one register does not read its neighbour; what the instruction
/// cache and the DMA read is 8 bytes.
class PortPayload {
 public:
  PortPayload() {
    requester_ = new Requester;  // the payload's own from here on
    payload_.set_extension(requester_);
    payload_.set_dmi_allowed(false);
    payload_.set_data_ptr(reinterpret_cast<unsigned char*>(&data_));
  }

  void set(const OutsideRequest& request) {
    const bool lower = (request.byte_enable & 0x0f) != 0, upper = (request.byte_enable & 0xf0) != 0;
    const bool word = lower != upper;
    const unsigned skipped = word && upper ? 4 : 0;
    const unsigned length = word ? 4 : 8;
    const std::uint8_t enable = request.byte_enable >> skipped;
    payload_.set_address(request.address + skipped);
    payload_.set_data_length(length);
    payload_.set_streaming_width(length);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    shift_ = 8 * skipped;
    data_ = 0;
    if (request.write) {
      payload_.set_write();
      data_ = request.data >> shift_;
      if (enable != (word ? 0x0f : 0xff)) {
        payload_.set_byte_enable_ptr(enables(enable));
        payload_.set_byte_enable_length(length);
      }
    } else {
      payload_.set_read();
    }
    requester_->id = request.id;
  }
  [[nodiscard]] tlm::tlm_generic_payload& payload() { return payload_; }
  /// Of a read, in the lanes of the port.
  [[nodiscard]] std::uint64_t data() const { return data_ << shift_; }

 private:
  /// A lane that is enabled is TLM_BYTE_ENABLED, 0xff.
  static unsigned char* enables(std::uint8_t enable) {
    return reinterpret_cast<unsigned char*>(const_cast<std::uint64_t*>(&kLanes[enable]));
  }

  tlm::tlm_generic_payload payload_;
  Requester* requester_;
  std::uint64_t data_ = 0;
  unsigned shift_ = 0;
};

}  // namespace freebits::tb
