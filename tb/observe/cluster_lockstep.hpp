// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tb/cluster/cluster.hpp"

namespace freebits::tb {

/// The reference model beside every core of a cluster, and a reference L1 behind them. Each hart
/// executes what its core retires; its loads get what memory held when the bus granted the access,
/// its stores must be the ones the bus saw. This checks three things: every field of every retired
/// instruction, every data access on its way from core to bus, and every word that the L1 banks and
/// the interconnect return, in the order in which accesses of all cores and of the DMA were
/// granted. A functional model cannot know the following, which is copied from the RTL: values of
/// time-dependent CSRs and peripheral registers, when interrupts come, and what the DMA moves.
class ClusterLockstep final : public ClusterObserver {
 public:
  /// Copies L1: construct after Cluster::load() or reset(), before the first cycle.
  ClusterLockstep(const Cluster& cluster, std::uint32_t entry);
  ~ClusterLockstep() override;

  /// False after the first difference.
  bool cycle(const CycleView& view) override;
  /// The report of the first difference, or nothing.
  [[nodiscard]] const std::optional<std::string>& report() const;
  /// Compares L1 at the end of the run: nothing, or the first words that differ.
  [[nodiscard]] std::optional<std::string> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::tb
