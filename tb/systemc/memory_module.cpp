// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>

#include "tb/cluster_numbers.hpp"
#include "tb/memory/l2_memory.hpp"
#include "tb/memory/l3_dma.hpp"
#include "tb/memory/l3_memory.hpp"
#include "tb/memory/tlm_router.hpp"
#include "tb/systemc/cluster_module.hpp"

namespace freebits::tb {
namespace {

namespace n = cluster_numbers;

/// The models count cycles: one is the smallest time there is.
sc_core::sc_time model_cycle() { return sc_core::sc_time::from_value(1); }

}  // namespace

class MemoryModule::Models {
 public:
  Models(const Target& target, sc_core::sc_out<bool>& transferred)
      : period_(1e3 / target.clock_mhz, sc_core::SC_NS),
        transferred_(transferred),
        l2(clock_, model_cycle(), n::L2Base, target.l2),
        l3(clock_, model_cycle(), n::L3Base, target.l3),
        dma(clock_, model_cycle(), target.l2.latency, l2, l3) {
    router.add(n::L2Base, target.l2.bytes, l2);
    router.add(n::L3Base, target.l3.bytes, l3);
    router.add(n::OutsideIoBase, n::OutsideIoBytes, dma);
  }

  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (delay != sc_core::SC_ZERO_TIME) {
      sc_core::wait(delay);
      delay = sc_core::SC_ZERO_TIME;
    }
    TlmTarget* const target = router.find(payload.get_address());
    if (target == nullptr) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    // What the L3 channel or the DMA's full queue makes wait is served in the order of arrival.
    if (target != &l2) wait_for_turn(*target, payload);
    clock_.cycle = now();
    sc_core::sc_time cycles;
    target->b_transport(payload, cycles);
    delay = period_ * static_cast<double>(cycles.value());
    if (target == &dma) started_.notify(sc_core::SC_ZERO_TIME);
  }

  /// Moves the L3 DMA's transfers.
  void run() {
    while (true) {
      if (dma.due() == ~std::uint64_t{0}) {
        sc_core::wait(started_);
        continue;
      }
      const sc_core::sc_time due = sc_core::sc_time::from_value(dma.due() * period_.value());
      if (due > sc_core::sc_time_stamp()) sc_core::wait(due - sc_core::sc_time_stamp());
      clock_.cycle = now();
      if (dma.advance(clock_.cycle)) complete_.notify(sc_core::SC_ZERO_TIME);
      freed_.notify(sc_core::SC_ZERO_TIME);
      sc_core::wait(sc_core::SC_ZERO_TIME);
    }
  }
  /// A pulse of half a cycle: two transfers can end in cycles next to each other.
  void pulse() {
    while (true) {
      sc_core::wait(complete_);
      transferred_.write(true);
      sc_core::wait(period_ / 2);
      transferred_.write(false);
    }
  }

 private:
  [[nodiscard]] std::uint64_t now() const {
    return (sc_core::sc_time_stamp().value() + period_.value() - 1) / period_.value();
  }
  void wait_for_turn(const TlmTarget& target, const tlm::tlm_generic_payload& payload) {
    auto& queue = &target == &l3 ? l3_queue_ : dma_queue_;
    if (queue.empty() && target.ready(payload)) return;
    queue.push_back(&payload);
    while (queue.front() != &payload || !target.ready(payload)) sc_core::wait(freed_);
    queue.pop_front();
    freed_.notify(sc_core::SC_ZERO_TIME);  // for the next one
  }

  Clock clock_;
  sc_core::sc_time period_;
  sc_core::sc_out<bool>& transferred_;
  sc_core::sc_event started_, freed_, complete_;
  std::deque<const tlm::tlm_generic_payload*> l3_queue_, dma_queue_;

 public:
  L2Memory l2;
  L3Memory l3;
  L3Dma dma;
  TlmRouter router;
};

MemoryModule::MemoryModule(sc_core::sc_module_name name, const Target& target)
    : sc_module(name), models_(std::make_unique<Models>(target, transferred)) {
  port.register_b_transport(this, &MemoryModule::transport);
  port.register_transport_dbg(this, &MemoryModule::debug);
  sc_core::sc_spawn([this] { models_->run(); }, "l3_dma");
  sc_core::sc_spawn([this] { models_->pulse(); }, "pulse");
}
MemoryModule::~MemoryModule() = default;

void MemoryModule::transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  models_->transport(payload, delay);
}
unsigned MemoryModule::debug(int, tlm::tlm_generic_payload& payload) {
  TlmTarget* const target = models_->router.find(payload.get_address());
  return target == nullptr ? 0 : target->transport_dbg(payload);
}

bool MemoryModule::read(std::uint32_t address, std::span<std::uint8_t> bytes) const {
  for (const TlmMemory* memory :
       std::initializer_list<const TlmMemory*>{&models_->l2, &models_->l3}) {
    if (!memory->contains(address, bytes.size())) continue;
    std::copy_n(memory->at(address), bytes.size(), bytes.begin());
    return true;
  }
  return false;
}
bool MemoryModule::write(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  for (TlmMemory* memory : std::initializer_list<TlmMemory*>{&models_->l2, &models_->l3}) {
    if (!memory->contains(address, bytes.size())) continue;
    std::ranges::copy(bytes, memory->at(address));
    return true;
  }
  return false;
}

}  // namespace freebits::tb
