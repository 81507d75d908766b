// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits {

/// The folder of the files that the libraries read at run time, laid out as in the source tree
/// (rtl/, tb/): share/freebits beside the folder of an installed program, otherwise the source
/// tree.
[[nodiscard]] std::filesystem::path data_folder();

/// The folder of the running program.
[[nodiscard]] std::filesystem::path program_folder();

}  // namespace freebits
