// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"
#include "models/graph/kinds/parameters.hpp"

namespace freebits::models {

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
