// SPDX-License-Identifier: Apache-2.0
#include "search/methods/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/sealed.hpp"
#include "search/data/loader.hpp"
#include "search/methods/place.hpp"
#include "search/methods/variables.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::kBitWidths;

constexpr FileKind kFile{.name = "freebits.sensitivities", .version = 1};

/// Whole batches of training images, read once.
class Probe {
 public:
  Probe(const QuantizerBank& bank, const std::shared_ptr<const Dataset>& train, Threads& threads,
        std::size_t images, StopToken stop)
      : bank_(&bank), threads_(&threads), batch_(bank.options().batch), stop_(stop) {
    if (train->size() < batch_)
      throw Error(fmt::format("sensitivities: {} training images, expected a batch of {}",
                              train->size(), batch_));
    batches_ = std::max<std::size_t>(1, std::min(images, train->size()) / batch_);
    Loader loader(train, {.batch = batch_,
                          .shuffle = false,
                          .augmentation = {},
                          .normalization = input_normalization(bank.graph().input.channels)});
    loader.start(0);
    for (std::size_t i = 0; i < batches_; ++i) {
      const auto batch = loader.next(stop_);
      images_.insert(images_.end(), batch->images.begin(), batch->images.end());
      labels_.insert(labels_.end(), batch->labels.begin(), batch->labels.end());
    }
  }

  /// Mean loss at these widths, with the statistics of each batch.
  [[nodiscard]] double loss(const BitWidths& widths) {
    TrainingState state = bank_->at(widths, bank_->options());
    Network network(
        *threads_, Mode::Train, state.graph, state.parameters,
        {.images = static_cast<unsigned>(batch_), .quantization = &*state.quantization});
    const std::size_t size = images_.size() / batches_;
    double sum = 0;
    for (std::size_t i = 0; i < batches_; ++i) {
      network.tape().feed(network.input(), std::span(images_).subspan(i * size, size));
      network.loss().feed(std::span(labels_).subspan(i * batch_, batch_));
      network.tape().forward(0, stop_);
      sum += network.loss().loss();
    }
    if (!std::isfinite(sum)) network.tape().check_finite(false);
    return sum / static_cast<double>(batches_);
  }

 private:
  const QuantizerBank* bank_;
  Threads* threads_;
  std::size_t batch_, batches_ = 0;
  std::vector<float> images_;
  std::vector<std::uint32_t> labels_;
  StopToken stop_;
};

Json rises_json(const std::vector<Sensitivities::Rise>& rises) {
  auto json = Json::array();
  for (const auto& rise : rises) json.push_back(rise);
  return json;
}

std::vector<Sensitivities::Rise> read_rises(Fields& fields, const std::string& key,
                                            std::size_t count) {
  const Json& list = fields.list(key);
  if (list.size() != count)
    fields.fail(key, fmt::format("{} entries", list.size()), fmt::format("{}", count));
  std::vector<Sensitivities::Rise> rises;
  for (const Json& each : list) {
    if (!each.is_array() || each.size() != kBitWidths.size() ||
        !std::ranges::all_of(each, [](const auto& v) { return v.is_number(); }))
      fields.fail(key, shown(each), "three numbers");
    rises.push_back(each.get<Sensitivities::Rise>());
  }
  return rises;
}

}  // namespace

double predicted_rise(const Sensitivities& s, const BitWidths& widths) {
  double sum = 0;
  for (std::size_t i = 0; i < widths.weights.size(); ++i) {
    if (widths.weights[i] != 0) sum += s.weights[i][place_of(widths.weights[i])];
  }
  for (std::size_t id = 0; id < widths.activations.size(); ++id)
    sum += s.activations[id][place_of(widths.activations[id])];
  return sum;
}

namespace {

Sensitivities measured(const QuantizerBank& bank, const std::shared_ptr<const Dataset>& train,
                       Threads& threads, const SensitivityOptions& options, StopToken stop) {
  const models::Graph& graph = bank.graph();
  const Variables variables(graph);
  Probe probe(bank, train, threads, options.images, stop);
  const BitWidths eight = models::uniform(graph, 8);
  Sensitivities result{.loss = probe.loss(eight),
                       .weights = std::vector<Sensitivities::Rise>(graph.layers.size()),
                       .activations = std::vector<Sensitivities::Rise>(graph.layers.size() + 1)};
  const std::size_t all = variables.size() * (kBitWidths.size() - 1);
  std::size_t done = 0;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    const Variable& variable = variables[v];
    auto& rise = variable.is_weights ? result.weights[variable.layer]
                                     : result.activations[variable.tensors.front()];
    for (std::size_t i = 1; i < kBitWidths.size(); ++i) {
      BitWidths widths = eight;
      variables.set(widths, v, kBitWidths[i]);
      rise[i] = std::max(rise[i - 1], probe.loss(widths) - result.loss);
      if (options.on_progress) options.on_progress(++done, all);
    }
  }
  return result;
}

}  // namespace

std::optional<Sensitivities> measure_sensitivities(const QuantizerBank& bank,
                                                   const std::shared_ptr<const Dataset>& train,
                                                   Threads& threads,
                                                   const SensitivityOptions& options,
                                                   StopToken stop) {
  try {
    return measured(bank, train, threads, options, stop);
  } catch (const Interrupted&) {
    return std::nullopt;
  }
}

void write_sensitivities(const std::filesystem::path& file, const Sensitivities& s) {
  write_sealed(file, kFile,
               {{"loss", s.loss},
                {"weights", rises_json(s.weights)},
                {"activations", rises_json(s.activations)}});
}

Sensitivities read_sensitivities(const std::filesystem::path& file, const models::Graph& graph) {
  const Json json = read_sealed(file, kFile);
  Fields fields(json, file.string());
  constexpr double kMost = 1e9;
  Sensitivities s{.loss = fields.real("loss", 0, kMost),
                  .weights = read_rises(fields, "weights", graph.layers.size()),
                  .activations = read_rises(fields, "activations", graph.layers.size() + 1)};
  fields.finish();
  return s;
}

}  // namespace freebits::search
