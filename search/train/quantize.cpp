// SPDX-License-Identifier: Apache-2.0
#include "search/train/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "models/graph/bit_widths.hpp"
#include "search/train/calibrate.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/least_error.hpp"

namespace freebits::search {
namespace {

/// At 8 bits the largest weight, where create_parameters() put it.
void calibrate_weights(Parameters& parameters, const models::Layer& layer, unsigned bits,
                       ThresholdRule rule) {
  constexpr unsigned kWide = 8;
  if (bits == kWide) return;
  const Grid grid{.bits = bits, .is_signed = true};
  const Parameter& weight = parameters.at(layer.name + ".weight");
  Parameter& thresholds = parameters.at(layer.name + ".weight_threshold");
  const std::size_t channels = thresholds.value.size();
  for (std::size_t c = 0; c < channels; ++c) {
    const float threshold = least_error_threshold(weight.value.span().subspan(c), channels, grid);
    if (threshold > 0) thresholds.value[c] = parameter_of(threshold, rule, grid);
  }
}

/// Steps and ranges that are not logarithms must stay above 0.
void bound_thresholds(Parameters& parameters, ThresholdRule rule) {
  constexpr float kLeast = 1e-6F;
  if (rule == ThresholdRule::Tqt) return;
  for (Parameter& p : parameters) {
    if (p.role == Role::Threshold) p.least = kLeast;
  }
}

bool is_narrow(const Quantization& q) {
  const auto below8 = [](unsigned bits) { return bits != 0 && bits < 8; };
  return std::ranges::any_of(q.widths.weights, below8) ||
         std::ranges::any_of(q.widths.activations, below8);
}

bool is_width(char c) { return c == '8' || c == '4' || c == '2'; }

}  // namespace

Quantization parse_quantization(const std::string& text, const models::Graph& graph) {
  if (text.size() == 4 && text[0] == 'w' && text[2] == 'a' && is_width(text[1]) &&
      is_width(text[3])) {
    return uniform_quantization(graph, static_cast<unsigned>(text[1] - '0'),
                                static_cast<unsigned>(text[3] - '0'));
  }
  if (!std::filesystem::exists(text)) {
    throw Error(fmt::format(
        "quantization '{}': expected w8a8, w4a8, … (bits of weights and activations: 8, 4 or 2) "
        "or a bits.json that exists",
        text));
  }
  return {.widths = models::read_bit_widths(text, graph), .gated = {}};
}

void calibrate(TrainingState& state, Quantization quantization,
               const std::shared_ptr<const Dataset>& train, Threads& threads, std::size_t images,
               StopToken stop) {
  if (quantization.widths.activations.front() != 8)
    throw Error(fmt::format("quantization: input: {} bits, expected 8, what images have",
                            quantization.widths.activations.front()));
  make_multipliers_positive(state.graph, state.parameters);
  state.quantization = std::move(quantization);
  const Quantization& q = *state.quantization;
  create_parameters(state.parameters, state.graph, state.options.seed, &q);
  for (std::size_t i = 0; i < state.graph.layers.size(); ++i) {
    stop.check();
    if (models::has_weights(state.graph.layers[i].kind))
      calibrate_weights(state.parameters, state.graph.layers[i], q.widths.weights[i], q.rule);
  }
  calibrate_activations(state, train, threads, images, stop);
  bound_thresholds(state.parameters, q.rule);
  state.optimizer = {};
  state.average = {};
  state.best = {};
  state.best_accuracy.reset();
}

void adapt_statistics(TrainingState& state, const std::shared_ptr<const Dataset>& train,
                      Threads& threads, std::size_t images, StopToken stop) {
  constexpr std::size_t kMore = 4;
  if (is_narrow(*state.quantization))
    estimate_statistics(state, train, threads, kMore * images, stop);
}

void quantize(TrainingState& state, Quantization quantization, std::shared_ptr<const Dataset> train,
              Threads& threads, std::size_t images, StopToken stop) {
  calibrate(state, std::move(quantization), train, threads, images, stop);
  adapt_statistics(state, train, threads, images, stop);
}

}  // namespace freebits::search
