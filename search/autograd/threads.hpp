// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace freebits::search {

/// More than machines this runs on have; a number above is a mistake.
inline constexpr unsigned kMostThreads = 1024;

/// Threads that work on one job together, each on its fixed share: results depend on their number
/// only, never on who comes first. The caller is thread 0.
class Threads {
 public:
  /// Throws Error for none, more than kMostThreads, or more than the system gives: all of them are
  /// made, or none stays.
  explicit Threads(unsigned count);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  [[nodiscard]] unsigned count() const { return count_; }

  /// Calls work(thread) once in every thread and returns when all have come back. Rethrows what
  /// the lowest thread threw.
  template <class Work>
  void run(const Work& work) {
    run_all(std::cref(work));  // a reference: a function would allocate for all but small lambdas
  }

  /// work(thread, first, last) with the thread's share [first, last) of `units`.
  template <class Work>
  void split(std::size_t units, const Work& work) {
    run([&](unsigned thread) {
      const std::size_t first = units * thread / count_, last = units * (thread + 1) / count_;
      if (first < last) work(thread, first, last);
    });
  }

 private:
  void run_all(const std::function<void(unsigned)>& work);
  void loop(unsigned thread);

  unsigned count_;
  const std::function<void(unsigned)>* work_ = nullptr;
  std::vector<std::exception_ptr> errors_;
  std::atomic<std::uint32_t> generation_ = 0;  ///< a new one starts a job, or ends the threads
  std::atomic<std::uint32_t> running_ = 0;
  std::atomic<bool> stop_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace freebits::search
