// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "tb/memory/l3_transfer.hpp"
#include "tb/memory/outside.hpp"

namespace freebits::tb {

/// The L3 channel's own DMA: a queue of transfers between L3 and L2, done in order. Registers as
/// the cluster's DMA (fb_cluster_pkg::Dma…), a view for each core, at OutsideIoBase, 4-byte
/// accesses; docs/units/memory.md. Nothing else is in the window: reads 0.
class L3Dma final : public TlmTarget {
 public:
  static constexpr std::size_t kQueueDepth = 16;
  static constexpr std::size_t kCores = 16;

  /// `latency`: of a register access.
  L3Dma(const Clock& clock, sc_core::sc_time period, unsigned latency, L2Memory& l2, L3Memory& l3)
      : TlmTarget(clock, period), latency_(latency), transfer_(l2, l3) {}

  /// A load of START waits for room in the queue.
  [[nodiscard]] bool ready(const tlm::tlm_generic_payload& payload) const override;
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;

  /// Cycle of the next thing to do; kNever when idle.
  [[nodiscard]] std::uint64_t due() const { return due_; }
  /// Does what is due in cycle `now`. True: a transfer is complete in it.
  bool advance(std::uint64_t now);

  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  [[nodiscard]] std::uint64_t bytes_moved() const { return moved_; }
  void reset();
  void state(auto& s) {
    s(views_, queue_, moving_, due_, moved_);
    transfer_.state(s);
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  struct View {
    Rows rows;
    std::uint32_t started = 0, done = 0, error = 0;
  };
  struct Entry {
    unsigned core;
    Rows rows;
  };

  std::uint64_t serve(tlm::tlm_generic_payload& payload, std::uint64_t now) override;
  [[nodiscard]] static std::uint32_t load(const View& view, std::uint32_t offset);
  static void store(View& view, std::uint32_t offset, std::uint32_t value);
  void start(unsigned core, std::uint64_t now);

  unsigned latency_;
  std::array<View, kCores> views_{};
  std::deque<Entry> queue_;  ///< the first is in progress
  L3Transfer transfer_;
  bool moving_ = false;
  std::uint64_t due_ = kNever;
  std::uint64_t moved_ = 0;
};

}  // namespace freebits::tb
