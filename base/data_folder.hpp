// SPDX-License-Identifier: Apache-2.0
// Where the files lie that the libraries read at run time: the only place that knows.
//
// An installation is a prefix with share/freebits (sources, targets) and lib/freebits (bare-metal
// software, geometries). It is found beside the running program (PREFIX/bin/program), or was named
// by use_installation(). A program without one uses the folders it was built in. A program that has
// an installation never looks at the folders it was built in.
#pragma once

#include <filesystem>

namespace freebits {

/// Sources and targets, laid out as in the source tree (rtl/, tb/, sw/).
[[nodiscard]] std::filesystem::path data_folder();

/// The bare-metal software as it was built: programs (NAME.elf), kernels/, objects/, runtime/.
[[nodiscard]] std::filesystem::path software_folder();

/// The geometries that were built in advance.
[[nodiscard]] std::filesystem::path geometry_folder();

/// Whether these are folders of an installation.
[[nodiscard]] bool is_installed();

/// For a program that lies elsewhere: the prefix of the installation to use. The package for CMake
/// (find_package(freebits)) calls it before main(). An empty path takes it back.
void use_installation(const std::filesystem::path& prefix);

/// The folder of the running program.
[[nodiscard]] std::filesystem::path program_folder();

}  // namespace freebits
