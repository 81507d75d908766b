// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace freebits {
namespace {

/// Levenshtein's distance, a row of its table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest =
      100;  // what is longer was not mistyped; the table would be large
  if (name.size() > kLongest) return candidates.empty() ? "" : candidates.front();
  const auto best = std::ranges::min_element(
      candidates, {}, [&](const std::string& candidate) { return distance(name, candidate); });
  return best == candidates.end() ? "" : *best;
}

}  // namespace freebits
