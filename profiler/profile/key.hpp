// SPDX-License-Identifier: Apache-2.0
// What a latency depends on, as a text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "deploy/plan/tiling.hpp"
#include "models/graph/graph.hpp"
#include "profiler/profile/profile.hpp"
#include "tb/targets/target.hpp"

namespace freebits::profiler {

/// Latencies with equal keys are equal to the cycle. A key names everything that a measurement
/// depends on: the target, RTL, memory model and software, the shapes of the whole network, the
/// layer that is measured, its bit-widths (those of other layers follow from them,
/// surroundings.hpp) and the fidelity.
class LatencyKeys {
 public:
  /// Keeps a reference to `graph`. Throws Error when no network's program fits the target.
  LatencyKeys(const tb::Target& target, const models::Graph& graph);

  /// The latency that is measured for `wanted`: that of the first layer of the network which is
  /// equal to it. Two layers are equal if they have the same shapes and types, and inputs made by
  /// layers of the same shapes, equally far before them. A layer whose weights stream from L3
  /// equals no other one.
  [[nodiscard]] WantedLatency measured_for(const WantedLatency& wanted) const;

  /// The key of measured_for(wanted). Throws Error if the layer does not fit.
  [[nodiscard]] std::string key(const WantedLatency& wanted, Fidelity fidelity);
  /// Cycles of measured_for(wanted), by the cost model.
  [[nodiscard]] std::uint64_t estimate(const WantedLatency& wanted) {
    return tiling(measured_for(wanted)).cycles;
  }

 private:
  [[nodiscard]] models::KernelLayer layer(const WantedLatency& wanted) const;
  [[nodiscard]] const models::Tiling& tiling(const WantedLatency& wanted);
  [[nodiscard]] std::string description(const WantedLatency& wanted) const;
  [[nodiscard]] std::string context(std::size_t layer) const;
  [[nodiscard]] bool fits_l2(unsigned weight_bits) const;
  [[nodiscard]] std::string network_text() const;

  const models::Graph& graph_;
  models::Machine machine_;
  std::vector<models::KernelLayer> layers_;     ///< all of 8 bits
  std::vector<std::string> texts_;              ///< of the layers, without widths
  std::string beginning_, network_;             ///< a key's beginning; the network's hash
  std::map<std::string, WantedLatency> first_;  ///< of those that are alike, by description
  std::map<WantedLatency, models::Tiling> tilings_;
};

}  // namespace freebits::profiler
