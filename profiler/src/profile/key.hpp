// SPDX-License-Identifier: Apache-2.0
// What a latency depends on, as a text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "freebits/models/deploy/tiling.hpp"
#include "freebits/models/graph.hpp"
#include "freebits/profiler/profile.hpp"
#include "freebits/tb/target.hpp"

namespace freebits::profiler {

/// Equal keys, equal latencies: a layer that occurs twice, in one network or two, is measured once.
/// Beside the layer and its tiling its latency depends on what made its inputs (are they in L1
/// still, what hides the load of its weights) and on whether weights of its width fit L2; where
/// they do not, on the whole network.
class LatencyKeys {
 public:
  /// Throws tb::Error when no network's program fits the target.
  LatencyKeys(const tb::Target& target, const models::Graph& graph);

  /// Throws std::invalid_argument when the layer does not fit.
  [[nodiscard]] std::string key(const WantedLatency& wanted, Fidelity fidelity);
  /// Cycles, by the cost model.
  [[nodiscard]] std::uint64_t estimate(const WantedLatency& wanted) {
    return tiling(wanted).cycles;
  }

 private:
  [[nodiscard]] models::KernelLayer layer(const WantedLatency& wanted) const;
  [[nodiscard]] const models::Tiling& tiling(const WantedLatency& wanted);
  [[nodiscard]] std::string context(std::size_t layer) const;
  [[nodiscard]] bool fits_l2(unsigned weight_bits) const;

  const models::Graph& graph_;
  models::Machine machine_;
  std::vector<models::KernelLayer> layers_;  ///< all of 8 bits
  std::vector<std::string> texts_;           ///< of the layers, without widths
  std::string of_all_;                       ///< a key's beginning
  std::map<WantedLatency, models::Tiling> tilings_;
};

}  // namespace freebits::profiler
