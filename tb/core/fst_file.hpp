// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits::tb {

/// If the waveform file is not complete, removes it and throws Error. The FST writer itself does
/// not report a full disk.
void check_fst(const std::filesystem::path& path);

}  // namespace freebits::tb
