// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "search/data/dataset.hpp"

namespace freebits::search {

/// `set` with a black border up to side x side pixels, as even as it can be (28 to 32: 2 each
/// side). Throws Error when `set` is larger than that.
[[nodiscard]] std::unique_ptr<Dataset> padded(std::shared_ptr<const Dataset> set, unsigned side);

}  // namespace freebits::search
