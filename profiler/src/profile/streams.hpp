// SPDX-License-Identifier: Apache-2.0
// What a network waits for weights that stream from L3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "freebits/models/deploy/plan.hpp"

namespace freebits::profiler {

/// The L3 DMA beside the steps of a plan, from the first on: it makes one transfer after the other,
/// and steps wait for them.
class StreamTimeline {
 public:
  StreamTimeline(const models::Plan& plan, const models::Machine& machine);

  /// The next step takes so many cycles from its begin, after it has waited. The cycles of them in
  /// which the L3 DMA is busy.
  double step(double cycles);
  /// Waited so far for weights of the layer.
  [[nodiscard]] std::uint64_t waited(std::size_t layer) const {
    return static_cast<std::uint64_t>(waited_[layer]);
  }

 private:
  const models::Plan& plan_;
  const models::Machine& machine_;
  std::vector<double> waited_;   ///< by layer
  std::vector<double> arrival_;  ///< of the streams begun so far
  double now_ = 0;
  std::size_t next_ = 0;  ///< step
};

/// Cycles of a transfer of the L3 DMA.
[[nodiscard]] double stream_cycles(const models::Machine& machine, std::uint32_t bytes);

/// What streams beside each step of a plan, by the cost model's cycles: bytes.
[[nodiscard]] std::vector<std::uint32_t> streamed_bytes(const models::Plan& plan,
                                                        const models::Machine& machine);

}  // namespace freebits::profiler
