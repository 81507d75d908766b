// SPDX-License-Identifier: Apache-2.0
#include "models/graph/kinds/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace freebits::models {
namespace {

struct Moments {
  double mean = 0, deviation = 0;
};

/// Of every `step`-th sum from `first` on.
Moments moments(const std::vector<std::int32_t>& sums, std::size_t first, std::size_t step) {
  double sum = 0, squares = 0, count = 0;
  for (std::size_t i = first; i < sums.size(); i += step, ++count) sum += sums[i];
  const double mean = sum / count;
  for (std::size_t i = first; i < sums.size(); i += step)
    squares += (sums[i] - mean) * (sums[i] - mean);
  return {mean, std::sqrt(squares / count)};
}

}  // namespace

void Calibration::fit_channels(IntType out_type, const std::vector<std::int32_t>& sums,
                               const std::function<std::int64_t(unsigned)>& bound_of) {
  /// No channel ranges further, in steps: where it hardly varies, it stays so.
  constexpr double kMostSteps = 1 << 13;
  const double span = span_of(out_type);
  const double middle = is_signed(out_type) ? 0 : 0.3 * span;
  const double spread = (is_signed(out_type) ? 0.25 : 0.3) * span;
  const Moments all = moments(sums, 0, 1);
  LayerParameters& p = parameters_.layers[layer_];
  const std::size_t channels = p.weight_scale.size();
  const bool single = out_.size() == channels;
  for (std::size_t c = 0; c < channels; ++c) {
    stop_.check();
    Moments own = moments(sums, c, channels);
    // A single pixel says too little of its channel: there the channels differ from each other.
    if (single || own.deviation == 0) own = all;
    const double bound =
        std::max<double>(1, static_cast<double>(bound_of(static_cast<unsigned>(c))));
    const double scale = std::min(spread / own.deviation, kMostSteps / bound);
    const double bias = middle - std::clamp(own.mean, -bound, bound) * scale;
    p.multiplier[c] = scale * out_scale() / (p.weight_scale[c] * in_scale(0));
    p.offset[c] = bias * out_scale();
  }
}

void Calibration::fit(const std::vector<double>& real) {
  const IntType type = types_[layer_ + 1];
  double most = 0, squares = 0, count = 0;
  for (const double value : real) {
    const double size = is_signed(type) ? std::abs(value) : value;
    if (size <= 0) continue;
    most = std::max(most, size);
    squares += size * size;
    ++count;
  }
  const double reach = is_signed(type) ? span_of(type) / 2 : span_of(type);
  if (count > 0) out_scale() = std::min(most, 2.5 * std::sqrt(squares / count)) / reach;
}

}  // namespace freebits::models
