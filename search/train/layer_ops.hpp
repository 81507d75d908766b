// SPDX-License-Identifier: Apache-2.0
// The op of the autograd for each kind of layer.
#pragma once

#include <functional>

#include "models/graph/graph.hpp"
#include "search/autograd/ops.hpp"

namespace freebits::search {

/// What an op is recorded from.
struct LayerInputs {
  Tape& tape;
  const models::Layer& layer;
  Var x, second;                 ///< equal where there is one input
  std::function<Var()> weights;  ///< records them, fake-quantized if so; of layers that have some
};

/// Records a layer, without what follows element by element.
[[nodiscard]] Var record(const LayerInputs& inputs);

}  // namespace freebits::search
