// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tb/memory/tlm_memory.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {

/// Off chip (HyperRAM class): one channel that serves bursts, in the order in which they are asked
/// for. A direct access that goes on where the last one on the channel ended, in the same direction
/// and before the channel fell idle, continues its burst. A burst of the L3 DMA holds the channel
/// from when it is asked for to its end: how long that takes L2 may decide.
class L3Memory final : public TlmMemory {
 public:
  L3Memory(const Clock& clock, sc_core::sc_time period, std::uint32_t base,
           const L3Parameters& parameters)
      : TlmMemory(clock, period, base, parameters.bytes), parameters_(parameters) {}

  /// Direct accesses wait while a burst of the L3 DMA holds the channel.
  [[nodiscard]] bool ready(const tlm::tlm_generic_payload&) const override { return !held_; }

  /// A burst of the L3 DMA, asked for in cycle `now`: the cycle in which its data begin. `further`:
  /// the burst before, if it was the last on the channel, was of the same transfer.
  std::uint64_t begin_burst(std::uint64_t now, bool further);
  /// Its last byte passed in the cycle before `end`.
  void end_burst(std::uint64_t end, std::uint32_t bytes);

  /// Cycles in which so many bytes of a burst pass.
  [[nodiscard]] std::uint64_t cycles(std::uint32_t bytes) const;
  [[nodiscard]] std::uint32_t longest_burst() const { return parameters_.burst_bytes; }

  [[nodiscard]] std::uint64_t bytes_moved() const { return moved_; }
  [[nodiscard]] std::uint64_t busy_cycles() const { return busy_; }
  void reset();
  void state(auto& s) {
    TlmMemory::state(s);
    s(free_, last_, held_, taken_, first_, next_, bytes_, write_, moved_, busy_);
  }

 private:
  std::uint64_t access(const tlm::tlm_generic_payload& payload, std::uint64_t now) override;

  L3Parameters parameters_;
  std::uint64_t free_ = 0;  ///< first cycle in which the channel is not taken
  enum class Owner : std::uint8_t { None, Direct, Dma } last_ = Owner::None;
  bool held_ = false;
  std::uint64_t taken_ = 0;  ///< since when, by the burst of the DMA
  // The burst of direct accesses that was last on the channel.
  std::uint64_t first_ = 0;  ///< cycle in which its data begin
  std::uint64_t next_ = 0;   ///< address behind it
  std::uint32_t bytes_ = 0;
  bool write_ = false;
  std::uint64_t moved_ = 0, busy_ = 0;
};

}  // namespace freebits::tb
