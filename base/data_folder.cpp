// SPDX-License-Identifier: Apache-2.0
#include "base/data_folder.hpp"

namespace freebits {

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

std::filesystem::path data_folder() {
  std::error_code error;
  const auto installed = (program_folder() / "../share/freebits").lexically_normal();
  if (std::filesystem::is_directory(installed / "tb" / "targets", error)) return installed;
  return FREEBITS_SOURCE_FOLDER;
}

}  // namespace freebits
