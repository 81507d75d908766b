// SPDX-License-Identifier: Apache-2.0
// Compiled into programs that use find_package(freebits): the libraries find RTL, targets and
// software where the package was found.
#include "base/data_folder.hpp"

namespace {

[[maybe_unused]] const bool named = [] {
  freebits::use_installation(FREEBITS_INSTALLATION);
  return true;
}();

}  // namespace
