// SPDX-License-Identifier: Apache-2.0
#include "search/train/optimizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/error.hpp"
#include "search/train/update_rules.hpp"

namespace freebits::search {
namespace {

constexpr std::size_t kPiece = 1 << 14;  // floats

void expect_size(Buffer& buffer, const Parameter& p) {
  if (buffer.size() == 0) buffer = Buffer(p.value.size());
  if (buffer.size() == p.value.size()) return;
  throw Error(fmt::format("{}: optimiser state of {} values, expected {}", p.name, buffer.size(),
                          p.value.size()));
}

/// 1 - beta^steps.
float bias_correction(float beta, std::uint64_t steps) {
  return static_cast<float>(1 - std::pow(static_cast<double>(beta), static_cast<double>(steps)));
}

}  // namespace

Optimizer::Optimizer(Parameters& parameters, OptimizerState& state, const OptimizerOptions& options,
                     ThresholdRule rule, Threads& threads)
    : state_(&state),
      options_(options),
      rule_(rule),
      threads_(&threads),
      finite_(threads.count(), 1) {
  if (state.moments.empty()) state.moments.resize(parameters.size());
  if (state.moments.size() != parameters.size()) {
    throw Error(fmt::format("optimiser state of {} parameters, expected {}", state.moments.size(),
                            parameters.size()));
  }
  std::size_t index = 0;
  for (Parameter& p : parameters) {
    Moments& moments = state.moments[index++];
    if (p.role == Role::Statistic) continue;
    prepare(p, moments);
    for (std::size_t first = 0; first < p.value.size(); first += kPiece)
      pieces_.push_back({slots_.size(), first, std::min(kPiece, p.value.size() - first)});
    slots_.push_back({&p, &moments});
  }
}

void Optimizer::prepare(Parameter& p, Moments& moments) const {
  if (kind_of(p) == OptimizerKind::Adam || options_.momentum != 0) expect_size(moments.first, p);
  if (kind_of(p) == OptimizerKind::Adam) expect_size(moments.second, p);
  if (normalised(p)) expect_size(moments.norm, p);
}

OptimizerKind Optimizer::kind_of(const Parameter& p) const {
  return p.role == Role::Gate ? OptimizerKind::Adam : options_.kind;
}

bool Optimizer::normalised(const Parameter& p) const {
  return p.role == Role::Threshold && rule_ == ThresholdRule::Tqt;
}

float Optimizer::rate_of(const Parameter& p) const {
  if (p.role == Role::Gate) return options_.gate_rate;
  return normalised(p) ? options_.threshold_rate : options_.learning_rate;
}

void Optimizer::scale_gradient(const Parameter& threshold, float factor) {
  const auto slot = std::ranges::find(slots_, &threshold, &Slot::parameter);
  if (slot == slots_.end()) throw Error(threshold.name + ": not a parameter of this optimiser");
  slot->gradient_scale = factor;
}

bool Optimizer::gradients_finite() {
  std::ranges::fill(finite_, 1);
  threads_->split(pieces_.size(), [this](unsigned thread, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to && finite_[thread] != 0; ++i) {
      const Piece& piece = pieces_[i];
      const Parameter& p = *slots_[piece.slot].parameter;
      if (!p.frozen && !rules::all_finite(p.gradient.data() + piece.first, piece.count))
        finite_[thread] = 0;
    }
  });
  return std::ranges::all_of(finite_, [](std::uint8_t finite) { return finite != 0; });
}

void Optimizer::step(float factor) {
  ++state_->steps;
  factor_ = factor;
  threads_->split(pieces_.size(), [this](unsigned, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) update(pieces_[i]);
  });
}

/// Overwrites the gradient, which the next backward pass writes anew.
void Optimizer::normalise(const Slot& slot, const Piece& piece) const {
  constexpr float kKeep = 0.9F;
  rules::normalise(slot.parameter->gradient.data() + piece.first,
                   slot.moments->norm.data() + piece.first, piece.count, kKeep,
                   bias_correction(kKeep, state_->steps));
}

void Optimizer::update(const Piece& piece) const {
  const Slot& slot = slots_[piece.slot];
  Parameter& p = *slot.parameter;
  if (p.frozen) return;
  if (normalised(p)) normalise(slot, piece);
  float* const value = p.value.data() + piece.first;
  const float* const gradient = p.gradient.data() + piece.first;
  const float rate = factor_ * rate_of(p);
  const float decay = p.role == Role::Weight ? options_.weight_decay : 0;
  if (kind_of(p) == OptimizerKind::Adam) {
    rules::adam(value, gradient, slot.moments->first.data() + piece.first,
                slot.moments->second.data() + piece.first, piece.count,
                {.rate = rate / bias_correction(options_.beta1, state_->steps),
                 .decay = rate * decay,
                 .beta1 = options_.beta1,
                 .beta2 = options_.beta2,
                 .correction2 = 1 / bias_correction(options_.beta2, state_->steps),
                 .epsilon = options_.epsilon,
                 .gradient_scale = slot.gradient_scale});
  } else {
    float* const velocity =
        options_.momentum != 0 ? slot.moments->first.data() + piece.first : nullptr;
    rules::sgd(value, gradient, velocity, piece.count,
               {.rate = rate,
                .decay = decay,
                .momentum = options_.momentum,
                .nesterov = options_.nesterov,
                .gradient_scale = slot.gradient_scale});
  }
  if (std::isfinite(p.least)) rules::raise(value, piece.count, p.least);
}

}  // namespace freebits::search
