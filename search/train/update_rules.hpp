// SPDX-License-Identifier: Apache-2.0
// The loops of an optimiser over `count` elements: plain, for the compiler to vectorise.
#pragma once

#include <cstddef>

namespace freebits::search::rules {

[[nodiscard]] bool all_finite(const float* values, std::size_t count);

struct Sgd {
  float rate, decay, momentum;
  bool nesterov;
  float gradient_scale;
};
/// `velocity` is null without momentum.
void sgd(float* value, const float* gradient, float* velocity, std::size_t count, const Sgd& rule);

struct Adam {
  float rate;   ///< mean gradient's bias correction included
  float decay;  ///< fraction of the value that is subtracted
  float beta1, beta2;
  float correction2;  ///< what the mean squared gradient is multiplied with
  float epsilon, gradient_scale;
};
void adam(float* value, const float* gradient, float* mean, float* square, std::size_t count,
          const Adam& rule);

/// g := tanh(g / (sqrt(norm) + 1e-5)), norm := keep · norm + (1 - keep) · g^2 before, divided by
/// `correction` (TQT, docs/method.md section 1).
void normalise(float* gradient, float* norm, std::size_t count, float keep, float correction);

/// Values below are raised to `least`.
void raise(float* value, std::size_t count, float least);

/// mean := keep · mean + (1 - keep) · value.
void average(float* mean, const float* value, std::size_t count, float keep);

}  // namespace freebits::search::rules
