// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <tlm>

namespace freebits::tb {

/// The time of the models, in cycles. SystemC's own belongs to the process, and clusters run in
/// several threads: whoever calls the models keeps the time.
struct Clock {
  std::uint64_t cycle = 0;
};

/// Who asks: fb_cluster_pkg::OutsideId….
struct Requester final : tlm::tlm_extension<Requester> {
  tlm::tlm_extension_base* clone() const override { return new Requester(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    id = static_cast<const Requester&>(other).id;
  }
  std::uint8_t id = 0;
};

/// A TLM-2.0 target as a plain object, neither module nor process. b_transport never waits: it
/// takes a request that is ready() and annotates when it will be complete. Requests come in the
/// order of their times.
class TlmTarget : public tlm::tlm_fw_transport_if<> {
 public:
  /// `period`: what delays count as one cycle.
  TlmTarget(const Clock& clock, sc_core::sc_time period) : clock_(clock), period_(period) {
    for (unsigned i = 1; i < delays_.size(); ++i) delays_[i] = delays_[i - 1] + period;
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) final {
    const std::uint64_t now = clock_.cycle;
    std::uint64_t arrival = now;
    if (delay != sc_core::SC_ZERO_TIME) {
      arrival += (delay.value() + period_.value() - 1) / period_.value();
    }
    const std::uint64_t cycles = serve(payload, arrival) - now;
    delay = cycles < delays_.size() ? delays_[cycles] : period_ * static_cast<double>(cycles);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                     sc_core::sc_time& delay) final {
    b_transport(payload, delay);
    return tlm::TLM_COMPLETED;
  }
  /// Direct access would bypass the timing.
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) final { return false; }

  /// Whether b_transport may be called with this request now.
  [[nodiscard]] virtual bool ready(const tlm::tlm_generic_payload&) const { return true; }

 protected:
  /// Does what the payload asks for; the cycle in which it is complete.
  virtual std::uint64_t serve(tlm::tlm_generic_payload& payload, std::uint64_t now) = 0;

 private:
  const Clock& clock_;
  sc_core::sc_time period_;
  std::array<sc_core::sc_time, 16> delays_;  ///< multiples of it, which sc_time takes in `double`
};

}  // namespace freebits::tb
