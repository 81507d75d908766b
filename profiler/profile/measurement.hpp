// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "models/graph/graph.hpp"
#include "profiler/profile/profile.hpp"
#include "tb/targets/target.hpp"

namespace freebits::profiler {

/// A cluster that measures layers of one network, one after the other, each from the same state:
/// what it has measured before leaves no trace. For one thread; any number of them side by side.
class Measurement {
 public:
  Measurement(const tb::Target& target, const models::Graph& graph,
              const std::function<void(std::string_view)>& on_build, StopToken stop);
  ~Measurement();
  Measurement(Measurement&&) noexcept;

  /// Latency of a layer, every output of the simulated tiles compared with the integer model. None
  /// when `go_on`, asked after each step, says no. Latencies with the same surroundings are faster
  /// to measure one after the other. Throws Error when an output is wrong.
  [[nodiscard]] std::optional<Latency> run(const WantedLatency& wanted, Fidelity fidelity,
                                           const std::function<bool()>& go_on);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
