// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// Networks in files (models/files/README.md has the format): versioned, with a checksum. All throw
/// Error, one line that names the file. Writing leaves a complete file or what was
/// there before; what is read is a valid graph, or a network that check() accepts.
[[nodiscard]] Graph read_graph(const std::filesystem::path& file);
void write_graph(const std::filesystem::path& file, const Graph& graph);

[[nodiscard]] IntegerNetwork read_integer_network(const std::filesystem::path& file);
/// Whether the file says it is one; that it can be read is another matter.
[[nodiscard]] bool is_integer_network(const std::filesystem::path& file);
void write_integer_network(const std::filesystem::path& file, const IntegerNetwork& network);

}  // namespace freebits::models
