// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace freebits::tb {

/// Set from outside (Ctrl-C): whoever builds a geometry in this process, or waits for another one
/// that does, throws Interrupted then. For the whole process, as built geometries are. `flag`
/// outlives every cluster.
void interrupt_geometry_builds_with(const std::atomic<bool>& flag);

}  // namespace freebits::tb
