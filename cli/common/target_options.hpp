// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tb/targets/target.hpp"

namespace freebits::cli {

/// A chip, and what of it is another.
struct TargetOptions {
  std::string target = "flexv", isa;
  std::optional<unsigned> cores;
};

/// --target, --cores, --isa.
void add_target_options(CLI::App& command, TargetOptions& options);

/// Throws Error.
[[nodiscard]] tb::Target chosen_target(const TargetOptions& options);

/// The target `--target` names, with `--cores` (the banking factor stays) and `--isa` (which can
/// only lower the level) applied. Throws Error.
[[nodiscard]] tb::Target chosen_target(const std::string& name, std::optional<unsigned> cores,
                                       const std::string& isa);

/// Name, hash and all parameters, for a document.
[[nodiscard]] nlohmann::ordered_json target_json(const tb::Target& target);

}  // namespace freebits::cli
