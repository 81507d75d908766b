// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freebits/models/bit_widths.hpp"
#include "freebits/models/graph.hpp"
#include "freebits/models/integer_network.hpp"

namespace freebits::profiler {

/// A network of these shapes and types whose values mean nothing: for plans and for cycles, which
/// do not depend on them.
[[nodiscard]] models::IntegerNetwork bare_network(const models::Graph& graph,
                                                  const models::BitWidths& widths);

}  // namespace freebits::profiler
