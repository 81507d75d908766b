// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "profiler/layer/kernel_bench.hpp"

namespace freebits::cli {

/// The shapes of a JSON file: a list of {kernel, height, width, channels, out_channels, stride}.
/// Throws Error naming file, entry and what is wrong with it.
[[nodiscard]] std::vector<profiler::KernelShape> read_kernel_shapes(const std::string& file);

}  // namespace freebits::cli
