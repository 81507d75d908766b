// SPDX-License-Identifier: Apache-2.0
#include "search/train/least_error.hpp"

#include <algorithm>
#include <cmath>

namespace freebits::search {
namespace {

float squared_error(float value, float step, const Grid& grid) {
  const float error =
      std::clamp(std::nearbyint(value / step), grid.low(), grid.high()) * step - value;
  return error * error;
}

/// The candidate with the least error(step), of fractions of `largest`.
template <class Error>
float best_threshold(float largest, const Grid& grid, const Error& error) {
  constexpr int kCandidates = 100, kFirst = 10;
  float best = largest;
  double least = error(largest / grid.steps());
  for (int i = kCandidates - 1; i >= kFirst; --i) {
    const float candidate = largest * static_cast<float>(i) / kCandidates;
    const double its = error(candidate / grid.steps());
    if (its >= least) continue;
    least = its;
    best = candidate;
  }
  return best;
}

}  // namespace

float least_error_threshold(std::span<const float> values, std::size_t stride, const Grid& grid) {
  float largest = 0;
  for (std::size_t i = 0; i < values.size(); i += stride)
    largest = std::max(largest, std::abs(values[i]));
  if (largest == 0) return 0;
  return best_threshold(largest, grid, [&](float step) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); i += stride)
      sum += static_cast<double>(squared_error(values[i], step, grid));
    return sum;
  });
}

void Histogram::add(std::span<const float> values, Threads& threads) {
  if (largest_ == 0) return;
  std::vector<std::vector<std::uint64_t>> parts(threads.count(),
                                                std::vector<std::uint64_t>(kBins, 0));
  const float scale = static_cast<float>(kBins) / (2 * largest_);
  threads.split(values.size(), [&](unsigned thread, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (values[i] == 0) continue;
      const auto bin = static_cast<std::ptrdiff_t>((values[i] + largest_) * scale);
      ++parts[thread][static_cast<std::size_t>(
          std::clamp<std::ptrdiff_t>(bin, 0, std::ptrdiff_t{kBins} - 1))];
    }
  });
  for (const auto& part : parts)
    std::ranges::transform(counts_, part, counts_.begin(), std::plus<>());
}

float Histogram::least_error_threshold(const Grid& grid) const {
  if (largest_ == 0) return 0;
  const float width = 2 * largest_ / static_cast<float>(kBins);
  return best_threshold(largest_, grid, [&](float step) {
    double sum = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      if (counts_[bin] == 0) continue;
      const float centre = (static_cast<float>(bin) + 0.5F) * width - largest_;
      sum += static_cast<double>(counts_[bin]) *
             static_cast<double>(squared_error(centre, step, grid));
    }
    return sum;
  });
}

}  // namespace freebits::search
