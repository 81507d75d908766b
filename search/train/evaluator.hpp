// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "base/stop.hpp"
#include "search/data/loader.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search {

struct Evaluation {
  double loss = 0;      ///< mean cross-entropy over all images, without smoothing
  double accuracy = 0;  ///< fraction of images whose largest logit is that of their label
};

/// A network that evaluates the parameters of a state on a data set.
class Evaluator {
 public:
  /// Keeps references to parameters and threads. Throws Error for a set that does not fit the
  /// graph.
  Evaluator(TrainingState& state, std::shared_ptr<const Dataset> set, Threads& threads);

  /// Nothing when `stop` became true. Throws NumericalError, naming the op, for a result that is
  /// not finite.
  [[nodiscard]] std::optional<Evaluation> run(StopToken stop);
  [[nodiscard]] Evaluation run();

 private:
  Evaluation evaluate(StopToken stop);

  Loader loader_;
  Network network_;
  std::vector<float> last_;  ///< a batch that is not full, and zeros
};

/// Throws Error unless the images and classes of `set` are those of the graph.
void expect_fits(const Dataset& set, const models::Graph& graph);

}  // namespace freebits::search
