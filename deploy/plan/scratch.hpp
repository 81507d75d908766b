// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "deploy/plan/tiling.hpp"

namespace freebits::models {

/// Bytes of scratch memory of a core worth trying for a tiling: the least, and more where that
/// makes the kernel faster.
[[nodiscard]] std::vector<std::uint32_t> scratch_sizes(const Machine& machine,
                                                       const KernelLayer& layer,
                                                       const Tiling& tiling);

}  // namespace freebits::models
