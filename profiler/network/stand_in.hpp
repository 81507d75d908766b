// SPDX-License-Identifier: Apache-2.0
// Integer networks that stand in for a trained one.
#pragma once

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"

namespace freebits::profiler {

/// A network of these shapes and types with arbitrary values, for plans, which do not depend on
/// values.
[[nodiscard]] models::IntegerNetwork bare_network(const models::Graph& graph,
                                                  const models::BitWidths& widths);

/// The same with random weights from their whole range, requantized so that for any input most
/// outputs lie between the ends of their type: for kernels whose output is compared. Equal for
/// equal arguments.
[[nodiscard]] models::IntegerNetwork network_to_measure(const models::Graph& graph,
                                                        const models::BitWidths& widths);

}  // namespace freebits::profiler
