// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "search/autograd/batch_norm.hpp"
#include "search/autograd/channel_pattern.hpp"
#include "search/autograd/quantizer_state.hpp"
#include "search/autograd/shape.hpp"

namespace freebits::search {

/// What follows a layer element by element: batch norm or bias, clip, fake-quantize, in this order.
/// It is never a pass of its own: the op that reads the output of the layer applies it to each
/// block that it reads, and the op that sends a gradient back takes it through the same block while
/// that is in the cache. Only the raw output and its gradient are in memory.
class Epilogue {
 public:
  // How it is put together, before configure().
  std::optional<BatchNorm> batch_norm;
  Parameter* bias = nullptr;
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  QuantizerChoice quantizer;

  [[nodiscard]] bool has_affine() const { return batch_norm || bias != nullptr; }
  [[nodiscard]] bool has_clip() const { return low > -std::numeric_limits<float>::max(); }
  [[nodiscard]] bool has_quantizer() const { return quantizer.index() != 0; }
  [[nodiscard]] bool is_identity() const {
    return !has_affine() && !has_clip() && !has_quantizer();
  }

  /// Throws Error for parameters that do not fit the shape.
  void configure(BatchShape shape, unsigned threads, bool train);

  // Forward, in this order.
  void begin(std::uint64_t step);
  [[nodiscard]] bool wants_statistics() const { return train_ && batch_norm_trains(); }
  /// Of rows a thread has just made.
  void add_statistics(unsigned thread, const float* raw, std::size_t rows);
  void finish_statistics();
  void apply(const float* raw, std::size_t first_row, std::size_t rows, float* out) const;

  // Backward.
  void begin_gradient();
  /// Takes the gradient of apply()'s output, of rows first_row …, to that of what comes after batch
  /// norm; in place is fine.
  void add_gradient(unsigned thread, const float* raw, std::size_t first_row, std::size_t rows,
                    const float* gradient, float* to);
  /// Gradients of its own parameters.
  void finish_gradient();
  /// After it: the first of them whose gradient is not finite, or null.
  [[nodiscard]] const Parameter* not_finite() const;
  /// Whether raw_gradient() changes anything.
  [[nodiscard]] bool scales_gradient() const { return batch_norm.has_value(); }
  /// From add_gradient()'s result to the gradient of the raw output.
  void raw_gradient(const float* raw, const float* gradient, std::size_t rows, float* out) const;

 private:
  [[nodiscard]] bool batch_norm_trains() const {
    return batch_norm && batch_norm->batch_statistics;
  }
  void set_affine(std::span<const float> mean, std::span<const float> inverse_deviation);
  void fold_sums();
  template <class Each>
  void for_images(std::size_t first_row, std::size_t rows, const Each& each) const;

  BatchShape shape_;
  bool train_ = false;
  unsigned threads_ = 1;
  ChannelPattern pattern_;
  QuantizerState quantizer_;
  Buffer scale_, shift_, mean_;  ///< patterns: y = x · scale + shift
  Buffer gradient_scale_, slope_,
      offset_;  ///< patterns: dx = g · scale + (x - mean) · slope + offset
  std::vector<float> channel_mean_, inverse_deviation_, channel_;
  std::vector<double> sums_;    ///< [thread][2][period]
  std::vector<double> folded_;  ///< [2][channels]
};

}  // namespace freebits::search
