// SPDX-License-Identifier: Apache-2.0
#include "search/train/training_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "search/data/content.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/same_graph.hpp"

namespace freebits::search {

TrainingState new_training(models::Graph graph, TrainOptions options) {
  TrainingState state;
  create_parameters(state.parameters, graph, options.seed);
  state.graph = std::move(graph);
  state.options = std::move(options);
  return state;
}

void start_from(TrainingState& state, const TrainingState& from, bool float_only) {
  expect_same_graph(from.graph, state.graph);
  state.preparation = from.preparation;
  if (!float_only && from.quantization) {
    state.quantization = from.quantization;
    create_parameters(state.parameters, state.graph, state.options.seed, &*state.quantization);
  }
  std::size_t index = 0;
  for (const Parameter& source : from.parameters) {
    const Buffer& values = from.best.empty() ? source.value : from.best.values()[index];
    ++index;
    Parameter* const p = state.parameters.find(source.name);
    if (p == nullptr) continue;  // a quantizer's, left out
    std::ranges::copy(values.span(), p->value.data());
    p->frozen = source.frozen;
    p->least = source.least;
  }
}

std::string content_of(const TrainingState& state) {
  ContentHash hash;
  std::size_t index = 0;
  for (const Parameter& p : state.parameters) {
    const Buffer& values = state.best.empty() ? p.value : state.best.values()[index];
    ++index;
    if (p.role == Role::Threshold || p.role == Role::Gate) continue;
    hash.add(p.name);
    const auto bytes = std::as_bytes(values.span());
    hash.add(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  }
  return hash.text();
}

Normalization input_normalization(unsigned channels) {
  constexpr double kDeviation = 1 / (255 * static_cast<double>(kInputStep));  // of byte / 255
  return {.mean = std::vector<double>(channels, 0),
          .deviation = std::vector<double>(channels, kDeviation)};
}

}  // namespace freebits::search
