// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits::tb {

/// Throws Error unless the waveform file is whole, and removes it then. The FST writer itself says
/// nothing when the disk is full.
void check_fst(const std::filesystem::path& path);

}  // namespace freebits::tb
