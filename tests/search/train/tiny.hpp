// SPDX-License-Identifier: Apache-2.0
// A network and a data set that train in seconds.
#pragma once

#include <memory>

#include "models/graph/graph.hpp"
#include "search/data/synthetic.hpp"
#include "search/train/training_state.hpp"

namespace freebits::search::test {

/// Depthwise separable, 32x32x3 to 10 classes.
models::Graph tiny_graph();

std::shared_ptr<const Dataset> tiny_set(Split split, std::size_t train = 256,
                                        std::size_t test = 100);

TrainOptions tiny_options(unsigned epochs, unsigned batch = 32);

}  // namespace freebits::search::test
