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

/// A cluster that measures layers of one network, one after the other. Each measurement begins in
/// the same state, so that earlier ones have no influence. For one thread; any number may exist.
class Measurement {
 public:
  Measurement(const tb::Target& target, const models::Graph& graph,
              const std::function<void(std::string_view)>& on_build, StopToken stop);
  ~Measurement();
  Measurement(Measurement&&) noexcept;

  /// The latency of a layer. Every output of the simulated tiles is compared with the integer
  /// model; throws Error if one is wrong. Returns nothing if `go_on`, called after each step,
  /// returns false. Latencies with the same surroundings are measured faster one after the other.
  [[nodiscard]] std::optional<Latency> run(const WantedLatency& wanted, Fidelity fidelity,
                                           const std::function<bool()>& go_on);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
