// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tb/memory/outside.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {

class StateReader;
class StateWriter;

/// Since construction or reset.
struct MemoryStatistics {
  std::uint64_t l2_accesses = 0;     ///< cycles with an access, the L3 DMA's included
  std::uint64_t l3_bytes = 0;        ///< over the L3 channel: direct accesses and whole bursts
  std::uint64_t l3_busy_cycles = 0;  ///< of the L3 channel, from the command to the last byte
  std::uint64_t l3_dma_bytes = 0;    ///< of transfers the L3 DMA has completed
  std::uint32_t l3_dma_queued = 0;   ///< transfers queued now, the one in progress included
};

/// What lies beyond a cluster's port: L2, L3 and the L3 DMA, TLM-2.0 models (tb/memory)
/// connected cycle by cycle. docs/units/memory.md states every latency. Deterministic; one thread
/// at a time, any number of objects in any number of threads (no SystemC kernel is involved).
class MemorySystem final : public Outside {
 public:
  explicit MemorySystem(const Target& target);
  ~MemorySystem() override;

  void request(const OutsideRequest& request, std::uint64_t now) override;
  OutsideDelivery deliver(std::uint64_t now) override;

  /// Forgets what is in flight; memories keep their contents. Time restarts at 0.
  void reset() override;

  /// All of it but the watched blocks; restore() into one of the same target.
  void save(StateWriter& to) const;
  void restore(StateReader& from);

  /// Back door, no cycles. False: not wholly inside L2 or L3.
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const;
  [[nodiscard]] bool write(std::uint32_t address, std::span<const std::uint8_t> bytes);

  /// Remembers stores of the cluster into the aligned 8-byte block at `address`.
  void watch(std::uint32_t address);
  /// Address of the word such a store wrote last, once.
  [[nodiscard]] std::optional<std::uint32_t> take_stored();

  /// No answer outstanding, no L3 transfer running.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] MemoryStatistics statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::tb
