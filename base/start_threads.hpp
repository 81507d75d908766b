// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

namespace freebits {

/// The system refused a thread; the message, one line, says how many it granted.
class ThreadsRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs `work(i, stop)` for i = 0 … count - 1, each in its own thread; the destructor of a thread
/// joins it. Either all begin or none: if one cannot be created, the others end without having
/// begun, and ThreadsRefused is thrown. `work` must not throw.
[[nodiscard]] std::vector<std::jthread> start_threads(
    unsigned count, const std::function<void(unsigned, const std::stop_token&)>& work);

/// The same, but throws an Error of the caller's type.
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
