// SPDX-License-Identifier: Apache-2.0
#include "search/train/update_rules.hpp"

#include <algorithm>
#include <cmath>

namespace freebits::search::rules {

bool all_finite(const float* values, std::size_t count) {
  // 0 times anything finite is 0; lanes of their own, so that no order of additions is asked for.
  constexpr std::size_t kLanes = 16;
  float sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[i + lane] * 0.0F;
  }
  for (; i < count; ++i) sums[0] += values[i] * 0.0F;
  return std::ranges::all_of(sums, [](float sum) { return sum == 0.0F; });
}

void sgd(float* __restrict value, const float* __restrict gradient, float* __restrict velocity,
         std::size_t count, const Sgd& rule) {
  const auto [rate, decay, momentum, nesterov, scale] = rule;
  if (velocity == nullptr) {
    for (std::size_t i = 0; i < count; ++i)
      value[i] -= rate * (gradient[i] * scale + decay * value[i]);
    return;
  }
  const float ahead = nesterov ? momentum : 1, now = nesterov ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i] * scale + decay * value[i];
    velocity[i] = momentum * velocity[i] + g;
    value[i] -= rate * (now * g + ahead * velocity[i]);
  }
}

void adam(float* __restrict value, const float* __restrict gradient, float* __restrict mean,
          float* __restrict square, std::size_t count, const Adam& rule) {
  const Adam r = rule;
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i] * r.gradient_scale;
    mean[i] = r.beta1 * mean[i] + (1 - r.beta1) * g;
    square[i] = r.beta2 * square[i] + (1 - r.beta2) * g * g;
    value[i] -=
        r.decay * value[i] + r.rate * mean[i] / (std::sqrt(square[i] * r.correction2) + r.epsilon);
  }
}

void normalise(float* gradient, float* norm, std::size_t count, float keep, float correction) {
  constexpr float kEpsilon = 1e-5F;
  for (std::size_t i = 0; i < count; ++i) {
    norm[i] = keep * norm[i] + (1 - keep) * gradient[i] * gradient[i];
    gradient[i] = std::tanh(gradient[i] / (std::sqrt(norm[i] / correction) + kEpsilon));
  }
}

void raise(float* value, std::size_t count, float least) {
  for (std::size_t i = 0; i < count; ++i) value[i] = std::max(value[i], least);
}

void average(float* __restrict mean, const float* __restrict value, std::size_t count, float keep) {
  for (std::size_t i = 0; i < count; ++i) mean[i] = keep * mean[i] + (1 - keep) * value[i];
}

}  // namespace freebits::search::rules
