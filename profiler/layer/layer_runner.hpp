// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// What a layer did on the cluster.
struct LayerRun {
  models::Tensor output;
  std::uint64_t cycles =
      0;  ///< of the last round, all cores: from the common start to the last end
  std::vector<tb::CoreStatistics> cores;  ///< of the last round
};

/// Runs single layers, operands in L1, on a Verilated cluster: one object, any number of layers.
/// The kernels are those of the target's level.
class LayerRunner {
 public:
  /// When `stop` is requested, run() throws Interrupted; the object must not be used after that.
  explicit LayerRunner(const tb::Target& target, StopToken stop = {});
  ~LayerRunner();

  /// Runs the layer `rounds` times and measures the last run; with two or more, its code is in the
  /// instruction cache. Throws Error if the layer does not fit L1, if its sums do not fit 32 bits,
  /// if the program fails, and if anything but the output has changed: guard words, inputs, padding
  /// bits.
  [[nodiscard]] LayerRun run(const models::IntegerOp& op, const models::Tensor& in,
                             unsigned rounds = 1);
  [[nodiscard]] LayerRun run(const models::IntegerOp& op, const models::Tensor& a,
                             const models::Tensor& b, unsigned rounds = 1);
  [[nodiscard]] LayerRun run(const models::IntegerOp& op,
                             const std::vector<const models::Tensor*>& in, unsigned rounds = 1);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
