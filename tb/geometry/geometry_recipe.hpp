// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tb/geometry/geometry.hpp"

namespace freebits::tb {

/// How a geometry is made, and from which files.
struct GeometryRecipe {
  std::vector<std::filesystem::path> verilog;  ///< for Verilator, in order
  std::vector<std::filesystem::path> sources;  ///< everything that decides about the result
  std::vector<std::string> verilator_flags;
  std::vector<std::string> compiler_flags;
};
[[nodiscard]] GeometryRecipe recipe(const GeometryId& id);

struct GeometryTools {
  std::filesystem::path verilator;
  std::filesystem::path compiler;
};
/// Nothing when one of them is missing.
[[nodiscard]] std::optional<GeometryTools> find_tools();

/// Throws Error when the headers that both sides of the seam are compiled with are not those this
/// program was built with.
void require_same_interface();

/// Does the work in `folder`, a temporary one: the path of the shared object. Throws Error naming
/// the log, which lies beside the folder.
std::filesystem::path run_recipe(const GeometryId& id, const std::filesystem::path& folder,
                                 const std::filesystem::path& log);

/// What interrupt_geometry_builds_with() has named; otherwise a flag that is never set.
[[nodiscard]] const std::atomic<bool>& geometry_builds_interrupted();

}  // namespace freebits::tb
