// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "search/autograd/node.hpp"
#include "search/autograd/tape.hpp"

namespace freebits::search {

/// x as a value of its own, whose epilogue is still to be written.
[[nodiscard]] Var copy(Tape& tape, Var x);

}  // namespace freebits::search
