// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/quantizer_state.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "base/error.hpp"
#include "base/random.hpp"

namespace freebits::search {
namespace {

constexpr std::size_t kThresholdSums = 3, kGates = 2;
constexpr std::size_t kGateSums = kGates * simd::kWidth;

void expect_size(const Parameter* p, std::size_t size, std::size_t or_size) {
  if (p == nullptr) throw Error("quantizer without its parameters");
  if (p->value.size() == size || p->value.size() == or_size) return;
  throw Error(
      fmt::format("{}: {} values, expected {} or {}", p->name, p->value.size(), size, or_size));
}

struct Gate {
  float z, slope;
};

Gate draw(float phi, const GateShape& shape, float u) {
  constexpr float kEdge = 1e-6F;
  const float safe = std::clamp(u, kEdge, 1 - kEdge);
  const float s = 1 / (1 + std::exp(-(std::log(safe / (1 - safe)) + phi) / shape.temperature));
  const float stretched = s * (shape.zeta - shape.gamma) + shape.gamma;
  if (stretched <= 0 || stretched >= 1) return {stretched <= 0 ? 0.0F : 1.0F, 0};
  return {stretched, s * (1 - s) / shape.temperature * (shape.zeta - shape.gamma)};
}

}  // namespace

void QuantizerState::configure(QuantizerChoice choice, const ChannelPattern& pattern,
                               const BatchShape& shape, unsigned threads) {
  choice_ = choice;
  pattern_ = pattern;
  threads_ = threads;
  pixels_ = shape.pixels();
  per_image_ = false;
  if (const auto* const uniform = std::get_if<UniformQuantizer>(&choice_)) {
    expect_size(uniform->threshold, 1, pattern.channels());
    grids_.resize(1);
  } else if (const auto* const gated = std::get_if<GatedQuantizer>(&choice_)) {
    expect_size(gated->threshold, 1, pattern.channels());
    expect_size(gated->gates, 2, 2);
    grids_.resize(gated->form == GatedForm::Independent ? 3 : 1);
    per_image_ = gated->per_image;
  }
  for (GridConstants& grid : grids_) {
    grid.inverse = Buffer(pattern.period());
    grid.step = Buffer(pattern.period());
  }
  gates_.assign(per_image_ ? shape.images : 1, {});
  folded_.resize(kThresholdSums * pattern.channels());
  if (present()) steps_.resize(threshold().value.size());
  sums_.assign(threads * kThresholdSums * pattern.period(), 0);
  gate_sums_.assign((per_image_ ? shape.images : threads) * kGateSums, 0);
}

Parameter& QuantizerState::threshold() const {
  const auto* const uniform = std::get_if<UniformQuantizer>(&choice_);
  return uniform != nullptr ? *uniform->threshold : *std::get<GatedQuantizer>(choice_).threshold;
}

kernels::ResidualKernel QuantizerState::residual(const Gates& gates, std::size_t j) const {
  const GridConstants& g = grids_[0];
  const simd::Vec s2 = simd::load(g.step.data() + j);
  return {simd::load(g.inverse.data() + j), s2, s2 * g.low, s2 * g.high, simd::broadcast(gates.z4),
          simd::broadcast(gates.z8)};
}

void QuantizerState::prepare_grid(GridConstants& grid, const Grid& description,
                                  ThresholdRule rule) {
  const auto values = threshold().value.span();
  for (std::size_t i = 0; i < values.size(); ++i) steps_[i] = step_of(values[i], rule, description);
  pattern_.expand(steps_, grid.step.data());
  for (std::size_t i = 0; i < pattern_.period(); ++i) grid.inverse[i] = 1 / grid.step[i];
  grid.low = description.low();
  grid.high = description.high();
}

void QuantizerState::begin(std::uint64_t step, bool train) {
  if (const auto* const uniform = std::get_if<UniformQuantizer>(&choice_)) {
    prepare_grid(grids_[0], uniform->grid, uniform->rule);
  } else if (const auto* const gated = std::get_if<GatedQuantizer>(&choice_)) {
    draw_gates(*gated, step, train);
    if (gated->form == GatedForm::Independent) {
      for (std::size_t i = 0; i < 3; ++i)
        prepare_grid(grids_[i], {.bits = 2U << i, .is_signed = gated->is_signed},
                     ThresholdRule::Tqt);
      return;
    }
    // Three steps of the coarsest grid span the range, signed or not.
    constexpr float kSteps = 3, kInside = 1 - 1e-7F;
    prepare_grid(grids_[0], {.bits = 2, .is_signed = false}, ThresholdRule::Tqt);
    GridConstants& grid = grids_[0];
    grid.high = kSteps * kInside;
    grid.low = 0;
    if (!gated->is_signed) return;
    for (std::size_t i = 0; i < pattern_.period(); ++i) {
      grid.step[i] *= 2;
      grid.inverse[i] /= 2;
    }
    grid.high = kSteps / 2 * kInside;
    grid.low = -grid.high;
  }
}

void QuantizerState::draw_gates(const GatedQuantizer& q, std::uint64_t step, bool train) {
  const float phi4 = q.gates->value[0], phi8 = q.gates->value[1];
  for (std::size_t image = 0; image < gates_.size(); ++image) {
    Gates& gates = gates_[image];
    if (!train) {
      gates = {is_open(phi4, q.shape) ? 1.0F : 0.0F, is_open(phi8, q.shape) ? 1.0F : 0.0F, 0, 0};
      continue;
    }
    Random random{q.seed, step, image};
    const Gate g4 = draw(phi4, q.shape, random.uniform());
    const Gate g8 = draw(phi8, q.shape, random.uniform());
    gates = {g4.z, g8.z, g4.slope, g8.slope};
  }
}

void QuantizerState::clear_sums() {
  std::fill(sums_.begin(), sums_.end(), 0.0);
  std::fill(gate_sums_.begin(), gate_sums_.end(), 0.0);
}

void QuantizerState::add_sums(unsigned thread, std::size_t image, std::size_t j,
                              const simd::Vec* sums, unsigned count) {
  double* const to = sums_.data() + thread * kThresholdSums * pattern_.period() + j;
  for (std::size_t k = 0; k < kThresholdSums; ++k) {
    simd::add_lanes(to + k * pattern_.period(), sums[k]);
  }
  if (count == kThresholdSums) return;
  double* const gate = gate_sums_.data() + (per_image_ ? image : thread) * kGateSums;
  for (std::size_t k = 0; k < kGates; ++k)
    simd::add_lanes(gate + k * simd::kWidth, sums[kThresholdSums + k]);
}

void QuantizerState::finish() {
  if (!present()) return;
  const std::size_t channels = pattern_.channels(), period = pattern_.period();
  std::fill(folded_.begin(), folded_.end(), 0.0);
  for (unsigned thread = 0; thread < threads_; ++thread) {
    for (std::size_t k = 0; k < kThresholdSums; ++k) {
      pattern_.fold(sums_.data() + (thread * kThresholdSums + k) * period,
                    std::span(folded_).subspan(k * channels, channels));
    }
  }
  finish_threshold();
  if (const auto* const gated = std::get_if<GatedQuantizer>(&choice_)) finish_gates(*gated);
}

void QuantizerState::finish_threshold() {
  const auto* const uniform = std::get_if<UniformQuantizer>(&choice_);
  const ThresholdRule rule = uniform != nullptr ? uniform->rule : ThresholdRule::Tqt;
  const GridConstants& grid = grids_[0];
  const double high = static_cast<double>(grid.high), low = static_cast<double>(grid.low);
  Parameter& p = threshold();
  const std::size_t channels = pattern_.channels(), group = channels / p.value.size();
  // 1 / sqrt(N · Qp), N the values of an image (or the weights) with the same step.
  const double lsq_scale = 1 / std::sqrt(static_cast<double>(pixels_ * group) * high);
  for (std::size_t i = 0; i < p.value.size(); ++i) {
    double inside = 0, ends = 0;
    for (std::size_t c = i * group; c < (i + 1) * group; ++c) {
      inside += folded_[c];
      ends += folded_[channels + c] * high + folded_[2 * channels + c] * low;
    }
    const double step = static_cast<double>(grid.step[i * group]);
    const double gradient = rule == ThresholdRule::Tqt ? std::numbers::ln2 * step * (inside + ends)
                            : rule == ThresholdRule::Lsq ? lsq_scale * (inside + ends)
                                                         : ends / high;
    p.gradient[i] = static_cast<float>(gradient);
  }
}

void QuantizerState::finish_gates(const GatedQuantizer& q) {
  const bool independent = q.form == GatedForm::Independent;
  double g4 = 0, g8 = 0;
  for (std::size_t i = 0; i < gate_sums_.size() / kGateSums; ++i) {
    const Gates& gates = gates_[per_image_ ? i : 0];
    const double* const sums = gate_sums_.data() + i * kGateSums;
    const double a = std::accumulate(sums, sums + simd::kWidth, 0.0);
    const double b = std::accumulate(sums + simd::kWidth, sums + kGateSums, 0.0);
    const double z4 = static_cast<double>(gates.z4), z8 = static_cast<double>(gates.z8);
    g4 += static_cast<double>(gates.slope4) * (independent ? a + z8 * b : a);
    g8 += static_cast<double>(gates.slope8) * (independent ? z4 * b : b);
  }
  q.gates->gradient[0] = static_cast<float>(g4);
  q.gates->gradient[1] = static_cast<float>(g8);
}

}  // namespace freebits::search
