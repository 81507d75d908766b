// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace freebits::search {

/// Calls each(worker, i) for every i < count from `workers` threads. When calls throw, the others
/// of a lower number still happen and the exception of the lowest is rethrown: the same whatever
/// the number of workers.
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
    std::vector<std::jthread> threads;
    for (unsigned worker = 1; worker < workers && worker < count; ++worker)
      threads.emplace_back(work, worker);
    work(0);
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace freebits::search
