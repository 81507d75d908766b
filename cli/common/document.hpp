// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace freebits::cli {

/// The members every JSON document starts with (cli/README.md). `schema` is the name of the
/// document kind. `target`: its name and all its parameters; a hash of them is
/// added if it has none.
[[nodiscard]] nlohmann::ordered_json document(const std::string& schema,
                                              nlohmann::ordered_json target, std::uint64_t seed,
                                              double wall_seconds);

/// Writes the document to `file` ("-" = standard output), completely or not at all. Error when
/// it cannot be written.
void write_document(const nlohmann::ordered_json& document, const std::string& file);

}  // namespace freebits::cli
