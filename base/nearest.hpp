// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freebits {

/// The candidate that the fewest insertions, deletions and replacements make of `name`; the first
/// of several. Empty without candidates.
[[nodiscard]] std::string nearest(std::string_view name,
                                  const std::vector<std::string>& candidates);

}  // namespace freebits
