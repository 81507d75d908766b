// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "models/graph/graph.hpp"

namespace freebits::search {

/// Weights of a layer as the tape has them: rows, as many as an output sums over, x output
/// channels.
struct LayerShape {
  std::size_t rows = 0, channels = 0;
};
[[nodiscard]] LayerShape layer_shape(const models::Layer& layer, models::Shape in);

}  // namespace freebits::search
