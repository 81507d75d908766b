// SPDX-License-Identifier: Apache-2.0
#include "search/methods/moves.hpp"

#include <numeric>

namespace freebits::search {

using models::BitWidths;
using models::kBitWidths;

Moves::Moves(const models::Graph& graph, const profiler::LatencyTable& table)
    : graph_(&graph), table_(&table), variables_(graph) {}

std::int64_t Moves::cycles(const std::set<std::size_t>& layers, const BitWidths& widths) const {
  std::int64_t sum = 0;
  for (const std::size_t layer : layers)
    sum += static_cast<std::int64_t>(
        table_->cycles(layer, profiler::layer_bits(*graph_, widths, layer)));
  return sum;
}

void Moves::around(std::size_t layer, const BitWidths& widths,
                   const std::function<bool(unsigned, unsigned)>& allowed,
                   const std::function<void(const BitWidths&, std::int64_t)>& each) const {
  const std::vector<std::size_t>& free = variables_.of_layer(layer);
  std::set<std::size_t> touched;
  for (const std::size_t v : free)
    touched.insert(variables_[v].touches.begin(), variables_[v].touches.end());
  const std::int64_t before = cycles(touched, widths);
  const std::function<void(std::size_t, const BitWidths&)> choose = [&](std::size_t next,
                                                                        const BitWidths& chosen) {
    if (next == free.size()) {
      if (!(chosen == widths)) each(chosen, cycles(touched, chosen) - before);
      return;
    }
    const unsigned present = variables_.get(widths, free[next]);
    for (const unsigned bits : kBitWidths) {
      if (bits != present && !allowed(present, bits)) continue;
      BitWidths other = chosen;
      variables_.set(other, free[next], bits);
      choose(next + 1, other);
    }
  };
  choose(0, widths);
}

unsigned total_bits(const BitWidths& widths) {
  return std::accumulate(widths.weights.begin(), widths.weights.end(), 0U) +
         std::accumulate(widths.activations.begin(), widths.activations.end(), 0U);
}

}  // namespace freebits::search
