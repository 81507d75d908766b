// SPDX-License-Identifier: Apache-2.0
// A kernel's output on one tile, against the integer model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "deploy/plan/plan.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// Reads the operands of a tile from L1 when its kernel begins, and compares the output when it has
/// ended. However the operands came there, the kernel must compute from them what the integer model
/// computes, in every bit.
class TileCheck {
 public:
  /// Keeps references to the network and its plan.
  TileCheck(const models::IntegerNetwork& network, const models::Plan& plan)
      : network_(network), plan_(plan) {}

  /// At the beginning of a step with a kernel. `constants`: the packed requantization and weights
  /// of the tile's channels, empty for a layer without. Returns false if L1 holds other ones, so
  /// that the output cannot be compared.
  [[nodiscard]] bool begin(const tb::Cluster& cluster, const models::Step& step,
                           const std::vector<std::uint8_t>& constants);
  /// At the beginning of the next step. Throws Error, naming layer, tile, pixel, channel and both
  /// values, if an output differs.
  void end(const tb::Cluster& cluster);

 private:
  [[nodiscard]] models::Tensor expected(const tb::Cluster& cluster) const;

  const models::IntegerNetwork& network_;
  const models::Plan& plan_;
  std::optional<models::Step> step_;  ///< whose operands were taken
  models::Tensor expected_;
};

}  // namespace freebits::profiler
