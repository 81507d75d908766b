// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"

namespace freebits::search {

/// Bit operations of one image: the sum over layers with weights of multiply-accumulates times bits
/// of the input times bits of the weights.
[[nodiscard]] std::uint64_t bops(const models::Graph& graph, const models::BitWidths& widths);
/// Bytes of all weights, each layer's rounded up.
[[nodiscard]] std::uint64_t weight_bytes(const models::Graph& graph,
                                         const models::BitWidths& widths);

}  // namespace freebits::search
