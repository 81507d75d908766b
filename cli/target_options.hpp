// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "freebits/tb/target.hpp"

namespace freebits::cli {

/// The target `--target` names, with `--cores` (the banking factor stays) and `--isa` (which can
/// only lower the level) applied. Throws tb::Error.
[[nodiscard]] tb::Target chosen_target(const std::string& name, std::optional<unsigned> cores,
                                       const std::string& isa);

/// Name, hash and all parameters, for a document.
[[nodiscard]] nlohmann::ordered_json target_json(const tb::Target& target);

}  // namespace freebits::cli
