// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits {

/// Where the files lie that the library reads at run time, laid out as in the source tree (rtl/,
/// tb/): share/freebits beside the program's folder when installed there, the source tree
/// otherwise.
[[nodiscard]] std::filesystem::path data_folder();

/// The folder of the running program.
[[nodiscard]] std::filesystem::path program_folder();

}  // namespace freebits
