// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// A network before a choice of widths, and the choice.
struct GraphAndWidths {
  Graph graph;
  BitWidths widths;
};

/// The kind of layer an op is, its input's shape given.
[[nodiscard]] LayerKind layer_kind(const IntegerOp& op, Shape in);

/// The graph an integer network is of. What integers do not say is not in it: where a batch norm
/// was, which activation clips at 0. Throws Error, naming the tensor, when its type
/// is one that no graph gives it, such as that of a max pool that requantizes.
[[nodiscard]] GraphAndWidths graph_of(const IntegerNetwork& network);

}  // namespace freebits::models
