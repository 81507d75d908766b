// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "models/graph/bit_widths.hpp"
#include "profiler/table/latency_table.hpp"

namespace freebits::search::test {

/// 16x16x3 to some classes: convolutions of every kind, max pools, and additions of tensors that
/// others read too. Every third begins with a max pool, every fifth ends with one.
models::Graph random_graph(std::uint64_t seed);

/// Any widths that deployment takes.
models::BitWidths random_widths(const models::Graph& graph, Random& random);

/// Any cycles for everything that may be chosen.
profiler::LatencyTable random_table(const models::Graph& graph, Random& random);

}  // namespace freebits::search::test
