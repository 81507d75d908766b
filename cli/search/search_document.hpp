// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "search/pipeline/search.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {

/// What result.json says besides the result (cli/README.md).
struct SearchDocument {
  std::string command, dataset;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  double seconds = 0, max_drop = 0;  ///< as a fraction
  std::filesystem::path folder;
};

/// `freebits.search`, version 1. `targets` as the result's chips.
[[nodiscard]] nlohmann::ordered_json search_document(const search::SearchResult& result,
                                                     const std::vector<tb::Target>& targets,
                                                     const SearchDocument& about);

}  // namespace freebits::cli
