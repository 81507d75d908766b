// SPDX-License-Identifier: Apache-2.0
#include "search/train/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include "search/data/loader.hpp"
#include "search/train/evaluator.hpp"
#include "search/train/least_error.hpp"
#include "search/train/workers.hpp"

namespace freebits::search {
namespace {

constexpr float kLeastThreshold = 1e-4F;  // of a tensor that is 0 throughout

/// Runs a network over some training images, as they are.
class Calibration {
 public:
  Calibration(TrainingState& state, std::shared_ptr<const Dataset> train, Threads& threads,
              std::size_t images, NetworkOptions options, StopToken stop)
      : loader_(std::move(train), {.batch = state.options.batch,
                                   .shuffle = true,
                                   .drop_last = true,
                                   .augmentation = {},
                                   .normalization = input_normalization(state.graph.input.channels),
                                   .seed = state.options.seed,
                                   .workers = workers_for(state.options.dataset, threads)}),
        // A tape that evaluates does not keep its values, nor does it look at a batch's statistics.
        network_(threads, Mode::Train, state.graph, state.parameters, options),
        batches_((images + state.options.batch - 1) / state.options.batch),
        labels_(state.options.batch, 0),
        stop_(stop) {}

  /// each(network), once a batch.
  template <class Each>
  void run(const Each& each) {
    loader_.start(0);
    for (std::size_t i = 0; i < batches_; ++i) {
      const auto batch = loader_.next(stop_);
      if (!batch) break;
      network_.tape().feed(network_.input(), batch->images);
      network_.loss().feed(labels_);
      network_.tape().forward(0, stop_);
      each(network_);
    }
  }
  /// each(tensor, values), once a batch.
  template <class Each>
  void read(const std::vector<models::TensorId>& tensors, const Each& each) {
    run([&](Network& network) {
      for (const models::TensorId id : tensors) {
        stop_.check();
        const Var value = network.value(id);
        values_.resize(value.shape().size());
        network.tape().read(value, values_);
        each(id, std::span<const float>(values_));
      }
    });
  }

 private:
  Loader loader_;
  Network network_;
  std::size_t batches_;
  std::vector<std::uint32_t> labels_;  ///< the loss is not looked at
  std::vector<float> values_;
  StopToken stop_;
};

/// Of the values that a parameter takes.
class Mean {
 public:
  explicit Mean(Parameter& parameter) : parameter_(&parameter), sums_(parameter.value.size(), 0) {}
  void add() {
    ++count_;
    for (std::size_t i = 0; i < sums_.size(); ++i)
      sums_[i] += static_cast<double>(parameter_->value[i]);
  }
  /// In the parameter's place, if there was any.
  void write() const {
    for (std::size_t i = 0; i < sums_.size() && count_ != 0; ++i)
      parameter_->value[i] = static_cast<float>(sums_[i] / count_);
  }

 private:
  Parameter* parameter_;
  std::vector<double> sums_;
  unsigned count_ = 0;
};

float largest_of(std::span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

}  // namespace

void calibrate_activations(TrainingState& state, std::shared_ptr<const Dataset> train,
                           Threads& threads, std::size_t images, StopToken stop) {
  const models::Graph& graph = state.graph;
  std::vector<models::TensorId> tensors;  // those with a quantizer
  for (models::TensorId id = 1; id <= graph.output(); ++id) {
    if (!models::keeps_precision(graph.layers[id - 1].kind)) tensors.push_back(id);
  }
  expect_fits(*train, graph);
  // With each batch's statistics, as in fine-tuning. Running ones lag behind weights that moved:
  // layer by layer the error multiplies, and thresholds a hundred times too wide round all
  // activations to 0, whose batch norm multiplies gradients by 1 / sqrt(epsilon).
  Calibration calibration(state, std::move(train), threads, images,
                          {.images = state.options.batch, .statistics_share = 0}, stop);
  std::vector<float> largest(graph.output() + 1, 0);
  calibration.read(tensors, [&](models::TensorId id, std::span<const float> values) {
    largest[id] = std::max(largest[id], largest_of(values));
  });
  std::vector<Histogram> histograms;
  for (const float each : largest) histograms.emplace_back(each);
  calibration.read(tensors, [&](models::TensorId id, std::span<const float> values) {
    histograms[id].add(values, threads);
  });
  const std::vector<bool> is_signed = models::signed_tensors(graph);
  for (const models::TensorId id : tensors) {
    stop.check();
    const Grid grid{.bits = state.quantization->widths.activations[id], .is_signed = is_signed[id]};
    const float threshold = std::max(kLeastThreshold, histograms[id].least_error_threshold(grid));
    state.parameters.at(graph.layers[id - 1].name + ".threshold").value[0] =
        parameter_of(threshold, state.quantization->rule, grid);
  }
}

void estimate_statistics(TrainingState& state, std::shared_ptr<const Dataset> train,
                         Threads& threads, std::size_t images, StopToken stop) {
  Calibration calibration(
      state, std::move(train), threads, images,
      {.images = state.options.batch, .statistics_share = 1, .quantization = &*state.quantization},
      stop);
  std::vector<Mean> means;
  for (Parameter& p : state.parameters) {
    if (p.role == Role::Statistic) means.emplace_back(p);
  }
  calibration.run([&](Network&) {
    for (Mean& mean : means) mean.add();
  });
  for (const Mean& mean : means) mean.write();
}

}  // namespace freebits::search
