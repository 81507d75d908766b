// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "tb/geometry/cluster_engine.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {

/// A Verilated geometry is a shared object. Its name contains a hash of everything it is made from,
/// so that every change makes another one.
struct GeometryId {
  Geometry geometry;
  Visibility visibility = Visibility::Plain;

  friend bool operator==(const GeometryId&, const GeometryId&) = default;
};
using BuildProgress = std::function<void(std::string_view)>;

/// "8 cores, 16 banks, L1 128 KiB, plain".
[[nodiscard]] std::string describe(const GeometryId& id);

/// File name of the shared object: a readable part, a hash of the sources, parameters and compiler
/// flags, one of the tools. `tools`: the last part is "*" when this machine lacks them.
[[nodiscard]] std::string geometry_file(const GeometryId& id);

/// The constructor of the engine. The geometry comes from a folder of built ones or from the user's
/// cache, or is built into that. Throws Error if it can neither be found nor built.
[[nodiscard]] MakeClusterEngine load_geometry(const GeometryId& id, const BuildProgress& progress);

/// Builds the geometry into `folder` if it is not there. Several processes may do so. Returns its
/// path.
std::filesystem::path build_geometry(const GeometryId& id, const std::filesystem::path& folder,
                                     const BuildProgress& progress);

/// $FREEBITS_CACHE, $XDG_CACHE_HOME/freebits or ~/.cache/freebits; without any of these variables,
/// freebits-UID in the system's folder for temporary files. load_geometry() refuses one that is not
/// this user's alone.
[[nodiscard]] std::filesystem::path cache_folder();

}  // namespace freebits::tb
