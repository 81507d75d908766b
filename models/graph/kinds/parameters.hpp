// SPDX-License-Identifier: Apache-2.0
// What training knows of a network, and what of it integers cannot say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/layers/rescale.hpp"

namespace freebits::models {

/// What training knows of a layer with weights, by output channel c:
///   real output = multiplier[c] · Σ (weights · weight_scale[c]) · real input + offset[c]
/// Batch norm: multiplier = γ / √(σ² + ε), offset = β − μ · multiplier. Bias: multiplier = 1,
/// offset = bias. Where γ < 0, whoever quantizes the weights negates them before: a lowest weight
/// that is negated here is a step off.
struct LayerParameters {
  std::vector<std::int8_t>
      weights;  ///< in the order of Conv or Depthwise; fully connected: [out][in]
  std::vector<double> weight_scale;  ///< > 0
  std::vector<double> multiplier;
  std::vector<double> offset;
  /// Real outputs lie around it, as β says of batch norm: where it counts most to be right. Empty:
  /// offset.
  std::vector<double> center{};
};

struct NetworkParameters {
  std::vector<LayerParameters> layers;  ///< by layer; empty for layers without weights
  /// The real value of a step of each tensor, by TensorId: real = integer · scale. > 0; that of
  /// a layer that keeps_precision() is its input's. The activation is in it: an unsigned type clips
  /// at 0, which is ReLU, and at scale · (2^bits − 1), which is ReLU6 when the scale makes that 6,
  /// or less where training has learned to clip earlier.
  std::vector<double> tensor_scale;
};

/// Output channels (the whole of an addition or pool: channel 0) of a layer that its integers
/// follow within an error only (rescale.hpp).
struct LimitedLayer {
  std::string name;
  std::vector<LimitedChannel> channels;
};

}  // namespace freebits::models
