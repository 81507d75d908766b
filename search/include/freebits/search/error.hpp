// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace freebits::search {

/// Bad input or an impossible request: one line that says what is wrong, where, and what would be
/// right.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace freebits::search
