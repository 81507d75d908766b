// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "search/autograd/threads.hpp"

namespace freebits::cli {

/// As many as the machine runs at once.
[[nodiscard]] inline unsigned default_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, search::kMostThreads);
}

/// Of --threads. Throws Error for a number that cannot be meant.
[[nodiscard]] inline unsigned checked_threads(unsigned threads) {
  if (threads >= 1 && threads <= search::kMostThreads) return threads;
  throw Error(fmt::format("--threads {}: expected 1 to {}", threads, search::kMostThreads));
}

}  // namespace freebits::cli
