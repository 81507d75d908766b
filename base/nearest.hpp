// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freebits {

/// The candidate with the smallest edit distance (insertions, deletions, replacements) to `name`;
/// the first of several. Empty without candidates.
[[nodiscard]] std::string nearest(std::string_view name,
                                  const std::vector<std::string>& candidates);

}  // namespace freebits
