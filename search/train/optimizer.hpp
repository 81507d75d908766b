// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "search/autograd/parameter.hpp"
#include "search/autograd/quantizer.hpp"
#include "search/autograd/threads.hpp"

namespace freebits::search {

enum class OptimizerKind : std::uint8_t { Sgd, Adam };
inline constexpr std::array<std::string_view, 2> kOptimizerNames = {"sgd", "adam"};

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::Sgd;
  float learning_rate = 0.1F;    ///< of weights, affine parameters and LSQ's and PACT's thresholds
  float threshold_rate = 1e-3F;  ///< of TQT's thresholds, in octaves
  float gate_rate = 1e-3F;       ///< of gates, by Adam always
  /// Of weights only: added to the gradient as decay · value (SGD), or rate · decay · value taken
  /// off the value (Adam).
  float weight_decay = 1e-3F;
  float momentum = 0.9F;  ///< SGD
  bool nesterov = true;
  float beta1 = 0.9F, beta2 = 0.999F, epsilon = 1e-8F;  ///< Adam
};

/// What an optimiser keeps for one parameter; empty buffers where it needs nothing.
struct Moments {
  Buffer first;   ///< velocity (SGD), mean gradient (Adam)
  Buffer second;  ///< mean squared gradient (Adam)
  Buffer norm;    ///< mean squared gradient that thresholds are normalised with (TQT)
};

/// The part of a run that an optimiser changes besides the parameters.
struct OptimizerState {
  std::uint64_t steps = 0;
  std::vector<Moments> moments;  ///< by parameter, in their order
};

/// Gradient descent. Weights decay; TQT's thresholds step by tanh(g / (sqrt(v) + 1e-5)), v the
/// running mean of g^2, so that their rate is octaves a step; gates take Adam; statistics and what
/// is frozen stay. Every value ends at its parameter's `least` or above. An element depends on its
/// own history only: the number of threads changes nothing.
class Optimizer {
 public:
  /// Keeps references to all three. Creates the moments that `state` does not have; throws
  /// Error for some that do not fit. Parameters must not be added afterwards.
  Optimizer(Parameters& parameters, OptimizerState& state, const OptimizerOptions& options,
            ThresholdRule rule, Threads& threads);

  /// Sets the factor of the gradient of a threshold (LSQ); 1 unless called.
  void scale_gradient(const Parameter& threshold, float factor);

  /// Whether every gradient that step() would use is a finite number.
  [[nodiscard]] bool gradients_finite();

  /// One step; `factor` multiplies all learning rates. Allocates nothing.
  void step(float factor);

 private:
  struct Slot {
    Parameter* parameter;
    Moments* moments;
    float gradient_scale = 1;
  };
  /// A piece of a parameter: the unit of work of a thread.
  struct Piece {
    std::size_t slot, first, count;
  };

  void prepare(Parameter& parameter, Moments& moments) const;
  [[nodiscard]] OptimizerKind kind_of(const Parameter& parameter) const;
  [[nodiscard]] bool normalised(const Parameter& parameter) const;
  [[nodiscard]] float rate_of(const Parameter& parameter) const;
  void normalise(const Slot& slot, const Piece& piece) const;
  void update(const Piece& piece) const;

  OptimizerState* state_;
  OptimizerOptions options_;
  ThresholdRule rule_;
  Threads* threads_;
  std::vector<Slot> slots_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> finite_;  ///< by thread
  float factor_ = 1;                  ///< of the step under way
};

}  // namespace freebits::search
