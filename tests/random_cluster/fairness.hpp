// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "memory_map.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::random_cluster {

/// How long L1 requests stand: fb_tcdm_xbar grants each within as many cycles as there are other
/// masters. Stops the run when it does not.
class Fairness final : public tb::ClusterObserver {
 public:
  explicit Fairness(unsigned cores) : masters_(cores + kDmaPorts) {}

  bool cycle(const tb::CycleView& view) override {
    for (unsigned m = 0; m < masters_; ++m) {
      waited_[m] = (view.tcdm_conflicts >> m & 1) != 0 ? waited_[m] + 1 : 0;
      longest_[m] = std::max(longest_[m], waited_[m]);
      if (waited_[m] >= masters_ && !starved_) {
        starved_ = "master " + std::to_string(m) + " waits at L1 for " +
                   std::to_string(waited_[m]) + " cycles, in cycle " + std::to_string(view.cycle);
      }
    }
    return !starved_;
  }

  [[nodiscard]] const std::optional<std::string>& starved() const { return starved_; }
  /// Consecutive cycles without a grant, at most; masters: cores, then the DMA's two ports.
  [[nodiscard]] std::uint32_t longest(unsigned master) const { return longest_[master]; }

 private:
  static constexpr unsigned kDmaPorts = 2;
  unsigned masters_;
  std::array<std::uint32_t, kMaxCores + kDmaPorts> waited_{}, longest_{};
  std::optional<std::string> starved_;
};

}  // namespace freebits::random_cluster
