// SPDX-License-Identifier: Apache-2.0
// What a network waits for weights that stream from L3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "deploy/plan/plan.hpp"

namespace freebits::models {

/// The L3 DMA beside the steps of a plan, from the first on: it makes one transfer after the other,
/// and steps wait for them.
class StreamTimeline {
 public:
  /// Transfers take `slowness` times as long as they should.
  StreamTimeline(const Plan& plan, const Machine& machine, double slowness = 1);

  /// The next step takes so many cycles from its begin, after it has waited.
  void step(double cycles);
  /// Cycles waited so far for each stream of the plan.
  [[nodiscard]] const std::vector<double>& waits() const { return waits_; }
  /// For weights of the layer.
  [[nodiscard]] double waited(std::size_t layer) const;
  [[nodiscard]] double waited() const;

 private:
  const Plan& plan_;
  const Machine& machine_;
  double slowness_;
  std::vector<double> waits_;
  std::vector<double> arrival_;  ///< of the streams begun so far
  double now_ = 0;
  std::size_t next_ = 0;  ///< step
};

/// Cycles of a transfer of the L3 DMA.
[[nodiscard]] double stream_cycles(const Machine& machine, std::uint32_t bytes);

}  // namespace freebits::models
