// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

namespace freebits {

/// More threads than the system gives this process: one line that says how many it did give.
class ThreadsRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `work(i, stop)` for i = 0 … count - 1, each in a thread of its own; they are joined where the
/// threads are destroyed. All of them or none: where one cannot be made, those before it end
/// without having begun, and ThreadsRefused is thrown. `work` throws nothing.
[[nodiscard]] std::vector<std::jthread> start_threads(
    unsigned count, const std::function<void(unsigned, const std::stop_token&)>& work);

/// The same with an error of the caller's.
template <class Error>
[[nodiscard]] std::vector<std::jthread> start_threads_or_throw(
    unsigned count, const std::function<void(unsigned, const std::stop_token&)>& work) {
  try {
    return start_threads(count, work);
  } catch (const ThreadsRefused& refused) {
    throw Error(refused.what());
  }
}

}  // namespace freebits
