// SPDX-License-Identifier: Apache-2.0
#include "search/train/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "search/data/open.hpp"
#include "search/train/workers.hpp"

namespace freebits::search {
namespace {

LoaderOptions loader_options(const TrainingState& state, const Threads& threads) {
  return {.batch = state.options.batch,
          .shuffle = false,
          .augmentation = {},
          .normalization = input_normalization(state.graph.input.channels),
          .workers = workers_for(state.options.dataset, threads)};
}

}  // namespace

unsigned workers_for(const std::string& dataset, const Threads& threads) {
  return has_pictures(dataset) ? threads.count() : 1;
}

void expect_fits(const Dataset& set, const models::Graph& graph) {
  const ImageShape image = set.shape();
  const unsigned classes = models::shapes(graph).back().channels;
  const models::Shape& input = graph.input;
  if (image.height == input.height && image.width == input.width &&
      image.channels == input.channels && set.classes() == classes)
    return;
  throw Error(fmt::format(
      "{} takes {}x{}x{} and tells {} classes; the data set has images of {}x{}x{} and {} classes",
      graph.name, input.height, input.width, input.channels, classes, image.height, image.width,
      image.channels, set.classes()));
}

Evaluator::Evaluator(TrainingState& state, std::shared_ptr<const Dataset> set, Threads& threads)
    : loader_((expect_fits(*set, state.graph), std::move(set)), loader_options(state, threads)),
      network_(threads, Mode::Evaluate, state.graph, state.parameters,
               {.images = state.options.batch,
                .quantization = state.quantization ? &*state.quantization : nullptr}),
      last_(network_.input().shape().size()) {}

std::optional<Evaluation> Evaluator::run(StopToken stop) {
  try {
    return evaluate(stop);
  } catch (const Interrupted&) {
    return std::nullopt;
  }
}

Evaluation Evaluator::evaluate(StopToken stop) {
  double loss = 0;
  std::uint64_t correct = 0;
  for (loader_.start(0); const auto batch = loader_.next(stop);) {
    std::span<const float> images = batch->images;
    if (images.size() < last_.size()) {
      std::ranges::fill(std::ranges::copy(images, last_.begin()).out, last_.end(), 0.0F);
      images = last_;
    }
    network_.tape().feed(network_.input(), images);
    network_.loss().feed(batch->labels);
    network_.tape().forward(0, stop);
    const double mean = network_.loss().loss();
    if (!std::isfinite(mean)) {
      network_.tape().check_finite(false);
      throw NumericalError("evaluation: the loss is not finite");
    }
    loss += mean * static_cast<double>(batch->size());
    correct += network_.loss().correct();
  }
  const auto images = static_cast<double>(loader_.dataset().size());
  return {loss / images, static_cast<double>(correct) / images};
}

Evaluation Evaluator::run() { return evaluate({}); }

}  // namespace freebits::search
