// SPDX-License-Identifier: Apache-2.0
// Which networks have to be run so that every wanted latency occurs in one.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "freebits/models/bit_widths.hpp"
#include "freebits/profiler/profile.hpp"

namespace freebits::profiler {

/// Widths of a whole network, and the layers whose latencies are wanted from it.
struct Assignment {
  models::BitWidths widths;
  std::vector<std::size_t> layers;
};

/// Covers all of `wanted`, each once. Layers of one run have much the same widths, so that what the
/// latencies owe to their neighbours is what it would be in a network of such widths; uniform
/// widths come from uniform networks.
[[nodiscard]] std::vector<Assignment> assignments(const models::Graph& graph,
                                                  std::set<WantedLatency> wanted);

}  // namespace freebits::profiler
