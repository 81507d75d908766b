// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "freebits/models/graph.hpp"
#include "freebits/profiler/profile.hpp"
#include "freebits/tb/target.hpp"
#include "profile/assignments.hpp"

namespace freebits::profiler {

struct MeasurementHooks {
  /// A layer of the run is measured.
  std::function<void(const WantedLatency&, const Latency&)> on_latency;
  /// After each step: false ends the run.
  std::function<bool()> go_on;
};

/// A cluster that measures layers of one network, in one width assignment after the other. For one
/// thread; any number of them side by side.
class Measurement {
 public:
  Measurement(const tb::Target& target, const models::Graph& graph,
              const std::function<void(std::string_view)>& on_build, StopToken stop);
  ~Measurement();
  Measurement(Measurement&&) noexcept;

  void run(const Assignment& assignment, Fidelity fidelity, const MeasurementHooks& hooks);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
