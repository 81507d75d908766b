// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "search/pipeline/search.hpp"

namespace freebits::search {

struct PlannedStage {
  std::string name, detail;
  double seconds = 0;     ///< from now to its end
  bool finished = false;  ///< its result is in the folder
};

/// What Search::run() would do, and how long: training speeds are measured on a few steps of this
/// network, times of a chip are its own estimate. Nothing is written. Throws Interrupted
/// when `stop` is requested.
[[nodiscard]] std::vector<PlannedStage> plan(const models::Graph& graph,
                                             const SearchSettings& settings,
                                             const std::vector<Chip>& chips, const Data& data,
                                             const std::filesystem::path& folder,
                                             StopToken stop = {});

}  // namespace freebits::search
