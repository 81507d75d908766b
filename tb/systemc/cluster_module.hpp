// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlm.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <systemc>

#include "tb/cluster/cluster.hpp"

namespace freebits::tb {

/// The Verilated cluster as a SystemC module, for platforms that have more around it than L2 and
/// L3. It counts its own cycles, and lets the kernel catch up when something can pass between the
/// two: before each request, and in every cycle in which the kernel has something to do. A program
/// therefore takes the same cycles as on a Cluster, if the memory behind the socket has the same
/// latencies (MemoryModule has).
class ClusterModule final : public sc_core::sc_module {
 public:
  /// The port to everything outside: 8-byte transactions (4 bytes for what a core accesses), byte
  /// enables on writes, in the order in which the cluster makes them. A target may annotate its
  /// delay, wait, or both; the answer reaches the cluster in the cycle that begins then, at the
  /// earliest in the next. Answers to one requester (extension of port_payload.hpp) keep their
  /// order.
  tlm_utils::simple_initiator_socket<ClusterModule, 64> outside{"outside"};
  /// L1, for loaders and debuggers: debug transport, and blocking transport that takes no time. The
  /// hardware has no such port.
  tlm_utils::simple_target_socket_optional<ClusterModule, 64> memory{"memory"};
  /// Rising edges are events EventOutside + i of the event unit. May stay unbound.
  using EventLine =
      sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
  sc_core::sc_vector<EventLine> events;

  /// Clock and everything else come from the target. The cores do nothing before start().
  ClusterModule(sc_core::sc_module_name name, const Target& target,
                const ClusterOptions& options = {});
  ~ClusterModule() override;

  /// Resets every core to `entry`; they run from now on.
  void start(std::uint32_t entry);
  /// The cores stop where they are.
  void stop();

  /// A store of the cluster has reached the 8-byte block at a watched address; take_stored() of
  /// cluster() tells which word.
  [[nodiscard]] const sc_core::sc_event& stored() const;
  /// Every core sleeps and nothing in the whole platform is left that could wake one.
  [[nodiscard]] const sc_core::sc_event& asleep() const;

  /// For cycles, statistics, watch() and L1. Do not run or reset it.
  [[nodiscard]] Cluster& cluster();
  [[nodiscard]] sc_core::sc_time period() const;

 private:
  class Bridge;
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  void end_of_elaboration() override;

  std::unique_ptr<Bridge> bridge_;
};

/// L2, L3 and the L3 DMA of a target as one SystemC module: the models of MemorySystem. Any number
/// of clusters may be bound to it.
class MemoryModule final : public sc_core::sc_module {
 public:
  MemoryModule(sc_core::sc_module_name name, const Target& target);
  ~MemoryModule() override;

  /// For the `outside` of any number of clusters.
  tlm_utils::multi_passthrough_target_socket<MemoryModule, 64> port{"port"};
  /// A pulse when a transfer of the L3 DMA is complete: event line 0 of a cluster.
  sc_core::sc_out<bool> transferred{"transferred"};

  /// Back door, no time. False: not wholly inside L2 or L3.
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const;
  [[nodiscard]] bool write(std::uint32_t address, std::span<const std::uint8_t> bytes);

 private:
  void transport(int id, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(int id, tlm::tlm_generic_payload& payload);

  class Models;
  std::unique_ptr<Models> models_;
};

}  // namespace freebits::tb
