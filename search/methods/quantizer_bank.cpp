// SPDX-License-Identifier: Apache-2.0
#include "search/methods/quantizer_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "search/methods/place.hpp"
#include "search/train/integer_export.hpp"
#include "search/train/quantize.hpp"

namespace freebits::search {
namespace {

using models::kBitWidths;

void copy_threshold(Parameters& to, const Parameters& from, const std::string& name) {
  Parameter& target = to.at(name);
  const Parameter& source = from.at(name);
  std::ranges::copy(source.value.span(), target.value.data());
  target.least = source.least;
}

}  // namespace

QuantizerBank::QuantizerBank(const TrainingState& trained,
                             const std::shared_ptr<const Dataset>& train, Threads& threads,
                             std::size_t images, StopToken stop)
    : trained_(&trained) {
  if (trained.quantization)
    throw Error(fmt::format("{}: quantized already, expected a float network", trained.graph.name));
  for (std::size_t i = 0; i < kBitWidths.size(); ++i) {
    uniform_[i] = new_training(trained.graph, trained.options);
    start_from(uniform_[i], trained, true);
    calibrate(uniform_[i], uniform_quantization(trained.graph, kBitWidths[i], kBitWidths[i]), train,
              threads, images, stop);
  }
}

TrainingState QuantizerBank::at(const models::BitWidths& widths, TrainOptions options) const {
  TrainingState state = new_training(trained_->graph, std::move(options));
  start_from(state, *trained_, true);
  make_multipliers_positive(state.graph, state.parameters);
  state.quantization = Quantization{.widths = widths, .gated = {}};
  create_parameters(state.parameters, state.graph, state.options.seed, &*state.quantization);
  for (std::size_t i = 0; i < state.graph.layers.size(); ++i) {
    const models::Layer& layer = state.graph.layers[i];
    const auto source = [this](unsigned bits) -> const Parameters& {
      return uniform_[place_of(bits)].parameters;
    };
    if (models::has_weights(layer.kind))
      copy_threshold(state.parameters, source(widths.weights[i]), layer.name + ".weight_threshold");
    if (!models::keeps_precision(layer.kind))
      copy_threshold(state.parameters, source(widths.activations[i + 1]),
                     layer.name + ".threshold");
  }
  return state;
}

}  // namespace freebits::search
