// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "freebits/models/graph.hpp"
#include "freebits/search/pipeline/search.hpp"

namespace freebits::cli {

/// Both splits of the data set that the options name. Throws search::Error.
[[nodiscard]] search::Data open_data(const search::TrainOptions& options);

/// The network that was named, for the images of the data set. Throws search::Error.
[[nodiscard]] models::Graph network_for(const std::string& spec, const search::Dataset& set);

}  // namespace freebits::cli
