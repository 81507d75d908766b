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

/// The data of a run to resume, which are at `moved_to` now, or else where they were: notes the
/// place in the run. `file`: its checkpoint. Throws search::Error, one line, when they cannot be
/// opened or are not those that the run was trained on.
[[nodiscard]] search::Data reopen_data(search::TrainOptions& run,
                                       const std::optional<std::string>& moved_to,
                                       const std::string& file);

}  // namespace freebits::cli
