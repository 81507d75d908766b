// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/stop.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// Like Cluster::run(), and ends in the same cycle. If `stop` is requested, throws Interrupted and
/// leaves the cluster somewhere before that.
inline tb::Cluster::Stop run_until(tb::Cluster& cluster, std::uint64_t end, StopToken stop) {
  constexpr std::uint64_t kSlice = 20'000;  // some tenth of a second of 16 cores
  for (;;) {
    stop.check();
    const std::uint64_t until = std::min(end, cluster.cycles() + kSlice);
    const tb::Cluster::Stop why = cluster.run(until);
    if (why != tb::Cluster::Stop::Limit || cluster.cycles() >= end) return why;
  }
}

}  // namespace freebits::profiler
