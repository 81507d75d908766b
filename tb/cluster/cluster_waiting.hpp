// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tb/geometry/cluster_engine.hpp"

namespace freebits::tb {

/// The text of Cluster::waiting() for the state of a core. `outside`: the address of its access
/// outside the cluster that has not been answered.
[[nodiscard]] std::string describe_waiting(const CoreState& state,
                                           std::optional<std::uint32_t> outside);

}  // namespace freebits::tb
