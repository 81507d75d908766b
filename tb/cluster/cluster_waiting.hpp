// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tb/geometry/cluster_engine.hpp"

namespace freebits::tb {

/// A core's state as the text of Cluster::waiting(). `outside`: address of its access there that
/// has not been answered.
[[nodiscard]] std::string describe_waiting(const CoreState& state,
                                           std::optional<std::uint32_t> outside);

}  // namespace freebits::tb
