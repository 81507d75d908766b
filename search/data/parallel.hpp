// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/start_threads.hpp"

namespace freebits::search {

/// Calls each(worker, i) for every i < count from `workers` threads. When calls throw, the others
/// of a lower number still happen and the exception of the lowest is rethrown: the same whatever
/// the number of workers, at least 1. Throws Error when the system has no thread for one.
template <class Each>
void for_each_index(std::size_t count, unsigned workers, const Each& each) {
  std::atomic<std::size_t> next = 0, failed = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error;
  std::mutex mutex;
  const auto work = [&](unsigned worker) {
    for (std::size_t i = 0; (i = next++) < count && i < failed;) {
      try {
        each(worker, i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i >= failed) continue;
        failed = i;
        error = std::current_exception();
      }
    }
  };
  {
    const auto others =
        static_cast<unsigned>(std::min<std::size_t>(workers, std::max<std::size_t>(count, 1)) - 1);
    const std::vector<std::jthread> threads = start_threads_or_throw<Error>(
        others, [&](unsigned i, const std::stop_token&) { work(i + 1); });
    work(0);
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace freebits::search
