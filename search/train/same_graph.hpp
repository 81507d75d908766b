// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph/graph.hpp"

namespace freebits::search {

/// Throws Error, naming the first difference, unless both have the same layers and input shape;
/// their names do not matter.
void expect_same_graph(const models::Graph& checkpoint, const models::Graph& network);

}  // namespace freebits::search
