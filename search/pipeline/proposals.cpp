// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/proposals.hpp"

#include <fmt/format.h>

#include "search/methods/exact.hpp"
#include "search/methods/free_bits.hpp"
#include "search/methods/greedy.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::Graph;
using profiler::LatencyTable;

/// Sum over the layers with weights of count(layer, input's shape, output's).
template <class Count>
std::uint64_t sum_over_weights(const Graph& graph, const Count& count) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    if (has_weights(layer.kind)) sum += count(i, shapes[layer.inputs[0]], shapes[i + 1]);
  }
  return sum;
}

}  // namespace

std::string Proposal::label() const {
  if (origin == Origin::Uniform) return fmt::format("{} bit", widths.weights.front());
  if (price) return fmt::format("{} {}", name(origin), *price);
  if (share) return fmt::format("{} {:.0f} %", name(origin), 100 * *share);
  return fmt::format("{} budget", name(origin));
}

std::vector<Proposal> uniform_proposals(const Graph& graph, const std::vector<unsigned>& widths) {
  std::vector<Proposal> all;
  for (const unsigned bits : widths)
    all.push_back({Origin::Uniform, {}, {}, models::uniform(graph, bits)});
  return all;
}

std::vector<Proposal> free_bits_proposals(const Graph& graph, const LatencyTable& table,
                                          const std::vector<Priced>& by_bops,
                                          const Sensitivities* sensitivities) {
  std::vector<Proposal> all;
  for (const auto& [price, widths] : by_bops) {
    all.push_back({Origin::Bop, price, {}, widths});
    all.push_back({Origin::Published, price, {}, published_pass(graph, table, widths)});
    all.push_back({Origin::FreeBits, price, {}, free_bits(graph, table, widths, sensitivities)});
  }
  return all;
}

std::vector<Proposal> latency_proposals(const Graph& graph, const LatencyTable& table,
                                        const std::vector<Priced>& by_latency,
                                        const Sensitivities* sensitivities) {
  std::vector<Proposal> all;
  for (const auto& [price, widths] : by_latency)
    all.push_back({Origin::Latency, price, {}, free_bits(graph, table, widths, sensitivities)});
  return all;
}

std::vector<Proposal> exact_proposals(const Graph& graph, const LatencyTable& table,
                                      const Sensitivities& sensitivities,
                                      const std::vector<double>& shares, StopToken stop) {
  std::vector<Proposal> all;
  for (const double share : shares) {
    for (BitWidths& widths : exact_front(graph, table, sensitivities, {share}, stop))
      all.push_back({Origin::Exact, {}, share, std::move(widths)});
  }
  return all;
}

std::optional<Proposal> budget_proposal(const Graph& graph, const LatencyTable& table,
                                        const Sensitivities& sensitivities,
                                        std::uint64_t most_cycles, StopToken stop) {
  auto widths = ExactAssignment(graph, table, sensitivities, stop).least_rise(most_cycles);
  if (!widths) return std::nullopt;
  return Proposal{Origin::Exact, {}, {}, std::move(*widths)};
}

std::vector<Proposal> sensitivity_proposals(const Graph& graph, const LatencyTable& table,
                                            const Sensitivities& sensitivities,
                                            const std::vector<double>& shares) {
  const auto path = sensitivity_path(graph, table, sensitivities);
  std::vector<Proposal> all;
  for (const double share : shares) {
    for (BitWidths& widths : along(path, graph, table, {share}))
      all.push_back({Origin::Sensitivity, {}, share, std::move(widths)});
  }
  return all;
}

std::uint64_t bops(const Graph& graph, const BitWidths& widths) {
  return sum_over_weights(graph, [&](std::size_t i, models::Shape in, models::Shape out) {
    const models::Layer& layer = graph.layers[i];
    return macs(layer, in, out) * widths.activations[layer.inputs[0]] * widths.weights[i];
  });
}

std::uint64_t weight_bytes(const Graph& graph, const BitWidths& widths) {
  constexpr unsigned kByte = 8;
  return sum_over_weights(graph, [&](std::size_t i, models::Shape in, models::Shape out) {
    return (weight_count(graph.layers[i], in, out) * widths.weights[i] + kByte - 1) / kByte;
  });
}

}  // namespace freebits::search
