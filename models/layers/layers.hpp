// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/stop.hpp"
#include "models/layers/rescale.hpp"
#include "models/layers/tensor.hpp"

namespace freebits::models {

/// The integer model: what every kernel on the chip must equal in every bit. Plain loops over the
/// definition; accumulators of 32 bits with sign. All functions throw Error, naming
/// what is wrong, for shapes that do not fit; those that take a StopToken throw Interrupted.

struct Padding {
  unsigned top = 0, left = 0, bottom = 0, right = 0;
};

/// Convolution; pointwise with a 1x1 kernel, fully connected with one as large as the input.
struct Conv {
  unsigned kernel_height = 1, kernel_width = 1, stride = 1;
  Padding padding;
  unsigned in_channels = 0, out_channels = 0;
  IntType weight_type = IntType::S8;
  std::vector<std::int8_t> weights;  ///< [out][kernel y][kernel x][in]
  Requantization requantization;     ///< a channel each output channel
  IntType out_type = IntType::U8;
};

struct Depthwise {
  unsigned kernel = 3, stride = 1;
  Padding padding;
  unsigned channels = 0;
  IntType weight_type = IntType::S8;
  std::vector<std::int8_t> weights;  ///< [channel][kernel y][kernel x]
  Requantization requantization;
  IntType out_type = IntType::U8;
};

/// Sum of two tensors of one shape.
struct Add {
  fb_addition addition{};
  IntType out_type = IntType::U8;
};

/// Global average: the sum over all pixels of a channel, requantized (one channel of parameters for
/// all). 1x1 pixels.
struct AveragePool {
  Requantization requantization;
  IntType out_type = IntType::U8;
};

/// Largest of a window; what lies outside the image does not count. Requantized as a sum is, one
/// channel of parameters for all; without one the largest is the output and the type stays.
struct MaxPool {
  unsigned kernel = 2, stride = 2;
  Padding padding;
  Requantization requantization{};
  IntType out_type = IntType::U8;  ///< where it is requantized
};

[[nodiscard]] Shape output_shape(const Conv& layer, Shape in);
[[nodiscard]] Shape output_shape(const Depthwise& layer, Shape in);
[[nodiscard]] Tensor run(const Conv& layer, const Tensor& in, StopToken stop = {});
[[nodiscard]] Shape output_shape(const MaxPool& layer, Shape in);
[[nodiscard]] IntType output_type(const MaxPool& layer, IntType in);
[[nodiscard]] Tensor run(const Depthwise& layer, const Tensor& in, StopToken stop = {});
[[nodiscard]] Tensor run(const Add& layer, const Tensor& a, const Tensor& b);
[[nodiscard]] Tensor run(const AveragePool& layer, const Tensor& in, StopToken stop = {});
[[nodiscard]] Tensor run(const MaxPool& layer, const Tensor& in, StopToken stop = {});

/// The sums before requantization, in the order of the output's values.
[[nodiscard]] std::vector<std::int32_t> accumulators(const Conv& layer, const Tensor& in,
                                                     StopToken stop = {});
[[nodiscard]] std::vector<std::int32_t> accumulators(const Depthwise& layer, const Tensor& in,
                                                     StopToken stop = {});

/// The largest |acc| an output channel can have, whatever the input.
[[nodiscard]] std::int64_t accumulator_bound(const Conv& layer, IntType in, unsigned out_channel);
[[nodiscard]] std::int64_t accumulator_bound(const Depthwise& layer, IntType in, unsigned channel);

}  // namespace freebits::models
