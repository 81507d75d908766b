// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deploy/kernels/machine.hpp"
#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// Throws Error, naming the layer, when a tensor or the weights of one layer are of
/// more than 256 MiB and larger than L2 and L3 each: found at once, before tilings are looked for.
/// Below it, all sizes of a plan fit 32 bits.
void expect_room(const IntegerNetwork& network, const Machine& machine);

}  // namespace freebits::models
