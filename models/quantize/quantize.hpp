// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"

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
  /// The real value of a step of each tensor, by TensorId: real = integer · scale. > 0; max pool's
  /// output has its input's. The activation is in it: an unsigned type clips at 0, which is ReLU,
  /// and at scale · (2^bits − 1), which is ReLU6 when the scale makes that 6, or less where
  /// training has learned to clip earlier.
  std::vector<double> tensor_scale;
};

/// Output channels (the whole of an addition or pool: channel 0) of a layer that its integers
/// follow within an error only (rescale.hpp).
struct LimitedLayer {
  std::string name;
  std::vector<LimitedChannel> channels;
};

/// One line: how many there are, where, and the largest error; empty where there are none.
[[nodiscard]] std::string summary(const std::vector<LimitedLayer>& limited);

/// The network in integers: every tensor is the real one, divided by its scale, rounded half up and
/// clipped to its type; off by at most 2^-14 of a step and of its size before the rounding
/// but for the channels that are returned in `limited`, with their error. The average pool's
/// division is in its scale. Throws Error, naming the layer, when sizes do not fit
/// or values are not finite.
[[nodiscard]] IntegerNetwork make_integer_network(const Graph& graph, const BitWidths& widths,
                                                  const NetworkParameters& parameters,
                                                  std::vector<LimitedLayer>* limited = nullptr);

/// Weights drawn from their whole range, scales calibrated on a random input so that each tensor
/// uses most of its own: a network to run and to measure when there is none trained. The same for
/// the same arguments. Takes as long as running the integer model on several inputs does: throws
/// Interrupted when `stop` is requested.
[[nodiscard]] NetworkParameters random_parameters(const Graph& graph, const BitWidths& widths,
                                                  std::uint64_t seed, StopToken stop = {});

[[nodiscard]] IntegerNetwork random_network(const Graph& graph, const BitWidths& widths,
                                            std::uint64_t seed, StopToken stop = {});

/// Values drawn from the whole range of the type.
[[nodiscard]] Tensor random_tensor(Shape shape, IntType type, std::uint64_t seed);

}  // namespace freebits::models
