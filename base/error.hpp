// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace freebits {

/// Something outside of the program is wrong: a file, an option, a shape, a folder. The message is
/// one line that says what is wrong, where, and what would be right. It is caught at the boundary,
/// in cli/.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace freebits
