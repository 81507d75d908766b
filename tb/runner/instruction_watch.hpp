// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tb/isa/retired.hpp"
#include "tb/runner/runner.hpp"

namespace freebits::tb {

void count(Events& events, const isa::Retired& r);

/// A jump or taken branch to itself. (The only instruction of a hardware loop also follows itself,
/// but not for ever.)
[[nodiscard]] bool loops_for_ever(const isa::Retired& r);
[[nodiscard]] std::string endless_loop_message(const isa::Retired& r);

}  // namespace freebits::tb
