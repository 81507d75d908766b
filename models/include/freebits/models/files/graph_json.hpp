// SPDX-License-Identifier: Apache-2.0
// A graph within a document.
#pragma once

#include <string>

#include "freebits/models/files/fields.hpp"
#include "freebits/models/graph.hpp"

namespace freebits::models {

[[nodiscard]] Json graph_json(const Graph& graph);
/// Throws std::invalid_argument, naming `where` and the layer, when it is not a valid graph.
[[nodiscard]] Graph graph_of(const Json& document, const std::string& where);

}  // namespace freebits::models
