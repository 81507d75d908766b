// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>

#include "profiler/table/latency_table.hpp"
#include "search/methods/variables.hpp"

namespace freebits::search {

/// Changes of the widths around one layer, and what they cost.
class Moves {
 public:
  Moves(const models::Graph& graph, const profiler::LatencyTable& table);

  /// All widths that differ from `widths` in the variables of `layer` only and there at least once,
  /// each accepted by `allowed(present, new)`; with their change in cycles.
  void around(std::size_t layer, const models::BitWidths& widths,
              const std::function<bool(unsigned, unsigned)>& allowed,
              const std::function<void(const models::BitWidths&, std::int64_t)>& each) const;

  [[nodiscard]] const Variables& variables() const { return variables_; }

 private:
  [[nodiscard]] std::int64_t cycles(const std::set<std::size_t>& layers,
                                    const models::BitWidths& widths) const;

  const models::Graph* graph_;
  const profiler::LatencyTable* table_;
  Variables variables_;
};

/// Sum of all widths.
[[nodiscard]] unsigned total_bits(const models::BitWidths& widths);

}  // namespace freebits::search
