// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace freebits::tb {

/// When `flag` is set (Ctrl-C), every call in this process that builds a geometry, or waits for
/// another process that does, throws Interrupted. Holds for the whole process. `flag` must outlive
/// every cluster.
void interrupt_geometry_builds_with(const std::atomic<bool>& flag);

}  // namespace freebits::tb
