// SPDX-License-Identifier: Apache-2.0
// Finds what the output of a layer of a random network needs from what it makes of the tensors of
// several inputs.
#pragma once

#include <functional>
#include <vector>

#include "models/graph/integer_network.hpp"
#include "models/graph/kinds/parameters.hpp"

namespace freebits::models {

class Calibration {
 public:
  /// The tensors of one input, by TensorId.
  using Tensors = std::vector<Tensor>;

  /// Of layer `layer`. Keeps references; `parameters` gets the result.
  Calibration(const Graph& graph, std::size_t layer, const std::vector<IntType>& types, Shape out,
              const std::vector<Tensors>& runs, NetworkParameters& parameters, StopToken stop)
      : inputs_(graph.layers[layer].inputs),
        layer_(layer),
        types_(types),
        out_(out),
        runs_(runs),
        parameters_(parameters),
        stop_(stop) {}

  [[nodiscard]] IntType in_type(std::size_t input) const { return types_[inputs_[input]]; }
  /// The real value of a step.
  [[nodiscard]] double in_scale(std::size_t input) const {
    return parameters_.tensor_scale[inputs_[input]];
  }
  [[nodiscard]] double& out_scale() { return parameters_.tensor_scale[layer_ + 1]; }

  /// accumulators(op, its input) of all runs.
  template <class Op>
  [[nodiscard]] std::vector<std::int32_t> sums(const Op& op) const {
    std::vector<std::int32_t> all;
    for (const Tensors& tensors : runs_) {
      const std::vector<std::int32_t> sums = accumulators(op, tensors[inputs_[0]], stop_);
      all.insert(all.end(), sums.begin(), sums.end());
    }
    return all;
  }

  /// real(append, inputs) appends the real outputs of each run; fit() all of them.
  template <class Real>
  void fit_outputs(const Real& real) {
    std::vector<double> all;
    for (const Tensors& tensors : runs_) {
      stop_.check();
      std::vector<const Tensor*> in;
      for (const TensorId id : inputs_) in.push_back(&tensors[id]);
      real(all, in);
    }
    fit(all);
  }

  /// Each channel of a convolution to a mean and spread that touch both ends of its type. `bound`:
  /// of a channel's sums.
  void fit_channels(IntType out_type, const std::vector<std::int32_t>& sums,
                    const std::function<std::int64_t(unsigned)>& bound);

 private:
  /// The output's range to the largest value, or to 2.5 times the usual one where that is less; of
  /// the positive values where others are clipped.
  void fit(const std::vector<double>& real);

  const std::vector<TensorId>& inputs_;
  std::size_t layer_;
  const std::vector<IntType>& types_;
  Shape out_;
  const std::vector<Tensors>& runs_;
  NetworkParameters& parameters_;
  StopToken stop_;
};

/// Values between the ends of a type.
[[nodiscard]] inline double span_of(IntType type) { return highest(type) - lowest(type); }

}  // namespace freebits::models
