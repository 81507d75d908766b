// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "search/autograd/threads.hpp"

namespace freebits::search {

/// Threads of a loader beside those of the network: one, unless images have to be decoded.
[[nodiscard]] unsigned workers_for(const std::string& dataset, const Threads& threads);

}  // namespace freebits::search
