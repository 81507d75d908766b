// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/threads.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/start_threads.hpp"

namespace freebits::search {
namespace {

/// Spins for a while before it sleeps: the next op of a step comes after microseconds.
template <class T>
void wait_while(const std::atomic<T>& value, T unwanted) {
  constexpr int kSpins = 2000;
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != unwanted) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  value.wait(unwanted, std::memory_order_acquire);
}

unsigned checked(unsigned count) {
  if (count >= 1 && count <= kMostThreads) return count;
  throw Error(fmt::format("{} threads, expected 1 to {}", count, kMostThreads));
}

}  // namespace

Threads::Threads(unsigned count) : count_(checked(count)), errors_(count) {
  threads_ = start_threads_or_throw<Error>(
      count - 1, [this](unsigned i, const std::stop_token&) { loop(i + 1); });
}

Threads::~Threads() {
  stop_ = true;
  ++generation_;
  generation_.notify_all();
}

void Threads::loop(unsigned thread) {
  for (std::uint32_t seen = 0;;) {
    wait_while(generation_, seen);
    seen = generation_;
    if (stop_) return;
    try {
      (*work_)(thread);
    } catch (...) {
      errors_[thread] = std::current_exception();
    }
    if (--running_ == 0) running_.notify_one();
  }
}

void Threads::run_all(const std::function<void(unsigned)>& work) {
  work_ = &work;
  running_ = count_ - 1;
  if (count_ > 1) {
    ++generation_;
    generation_.notify_all();
  }
  try {
    work(0);
  } catch (...) {
    errors_[0] = std::current_exception();
  }
  for (std::uint32_t left = running_; left != 0; left = running_) wait_while(running_, left);
  for (std::exception_ptr& error : errors_) {
    if (!error) continue;
    const std::exception_ptr first = error;
    for (std::exception_ptr& each : errors_) each = nullptr;
    std::rethrow_exception(first);
  }
}

}  // namespace freebits::search
