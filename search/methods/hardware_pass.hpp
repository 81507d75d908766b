// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/table/latency_table.hpp"
#include "search/methods/sensitivity.hpp"

namespace freebits::search {

/// The hardware-aware pass: widths that a search found without the chip, made to fit one chip by
/// its latency table.
///
/// Raises: for each layer, all widths of its inputs, weights and output at or above the present
/// ones; the change is that of all layers which touch them, so that a tensor read by several is
/// decided once. What saves cycles is taken, the most first; what costs none, too: free bits.
/// Lowers, with `sensitivities`: the same downwards where it saves cycles, the most for the
/// predicted rise of the loss first, as long as that stays at or below the start's: accuracy that
/// free bits gave is spent where cycles are to be had. Alternates until nothing changes.
///
/// The result never has more cycles, nor, if lowered, more predicted rise than `start`; without
/// `sensitivities` no width is below its start. Throws std::out_of_range for widths that are not in
/// the table.
[[nodiscard]] models::BitWidths freebits_pass(const models::Graph& graph,
                                              const profiler::LatencyTable& table,
                                              const models::BitWidths& start,
                                              const Sensitivities* sensitivities);

/// The pass as its authors publish it (docs/method.md section 4), for comparison: once over the
/// layers in order, for each the pair of (input, weights) widths at or above the present ones that
/// has the least latency, if that is less; both are raised. What other layers make of it, and the
/// output, are not looked at.
[[nodiscard]] models::BitWidths published_pass(const models::Graph& graph,
                                               const profiler::LatencyTable& table,
                                               const models::BitWidths& start);

}  // namespace freebits::search
