// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "coverage_bins.hpp"
#include "memory_map.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::random_cluster {

/// Counts, cycle by cycle, what happens between cores, DMA, event unit and caches.
class Coverage final : public tb::ClusterObserver {
 public:
  Coverage(unsigned cores, Hits& hits) : cores_(cores), hits_(hits) {}
  bool cycle(const tb::CycleView& view) override;

 private:
  struct Past {
    std::uint64_t cycle = 0;
    std::vector<tb::BusAccess> accesses;
  };
  struct Core {
    bool slept = false;      ///< since the last instruction
    std::uint64_t woke = 0;  ///< last cycle asleep
  };

  void hit(Bin bin) { ++hits_[static_cast<std::size_t>(bin)]; }
  void conflicts(const tb::CycleView& view);
  void neighbours(const tb::CycleView& view);
  void retired(const tb::CycleView& view, unsigned core);
  void event_unit(const tb::CycleView& view, unsigned core, const isa::Retired& r);
  void memory_access(const isa::Retired& r);
  void transfers(const tb::CycleView& view);
  void outside(const tb::CycleView& view);
  [[nodiscard]] bool is_tas(const tb::BusAccess& access) const;

  unsigned cores_;
  Hits& hits_;
  std::deque<Past> past_;
  std::array<std::uint32_t, kMaxCores + 2> refused_{};
  std::array<Core, kMaxCores> core_{};
  std::uint32_t starts_ = 0, starters_ = 0;
  std::array<std::uint64_t, 4>
      outside_seen_{};  ///< cycle of the last core, icache, DMA read, write
  std::uint64_t now_ = 0;
};

}  // namespace freebits::random_cluster
