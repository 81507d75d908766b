// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/stop.hpp"
#include "models/graph/integer_network.hpp"
#include "search/autograd/threads.hpp"
#include "search/data/dataset.hpp"

namespace freebits::search {

/// Share of the images whose largest output, the first if there are several, is their label's:
/// what a chip would reach, which computes the same bits. Nothing when `stop` became true. Throws
/// Error when the images are not of the network's shape.
[[nodiscard]] std::optional<double> integer_accuracy(const models::IntegerNetwork& network,
                                                     const Dataset& images, Threads& threads,
                                                     StopToken stop);

}  // namespace freebits::search
