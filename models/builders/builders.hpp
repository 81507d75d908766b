// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "models/graph/graph.hpp"

namespace freebits::models {

/// The network that `spec` names: NAME or NAME:KEY=VALUE,…, such as
/// "mobilenet_v1:width=0.75,resolution=224,classes=1000". Throws Error, one line,
/// for a name, key or value that is not one, with what would be.
[[nodiscard]] Graph build_network(std::string_view spec);

/// The same for images of a data set: its shape and number of classes where `spec` does not say.
/// Throws Error when `spec` says otherwise.
[[nodiscard]] Graph build_network(std::string_view spec, Shape image, unsigned classes);

/// All names with their keys, for --help and errors.
[[nodiscard]] std::string network_specs();

}  // namespace freebits::models
