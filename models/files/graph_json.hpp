// SPDX-License-Identifier: Apache-2.0
// A graph within a document.
#pragma once

#include <string>

#include "base/fields.hpp"
#include "models/graph/graph.hpp"

namespace freebits::models {

[[nodiscard]] Json graph_json(const Graph& graph);
/// Throws Error, naming `where` and the layer, when it is not a valid graph.
[[nodiscard]] Graph graph_of(const Json& document, const std::string& where);

}  // namespace freebits::models
