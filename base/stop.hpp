// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace freebits {

/// Thrown by work that was asked to stop. Not a std::exception, so that no handler takes it for a
/// failure.
struct Interrupted {};

/// Says whether work should stop. It is passed by value to every function that can take longer than
/// a tenth of a second, and is asked there at least that often. Reading it costs as much as reading
/// a variable, and any number of threads may do so.
class StopToken {
 public:
  /// A token that is never requested.
  StopToken() = default;
  /// A token that is requested when `flag` is set. `noticed`, if given, is set as soon as work has
  /// seen this, so that the work is known to be ending. Both must outlive the token.
  StopToken(const std::atomic<bool>& flag, std::atomic<bool>* noticed = nullptr)
      : flag_(&flag), noticed_(noticed) {}
  StopToken(std::atomic<bool>&&) = delete;

  [[nodiscard]] bool requested() const {
    if (flag_ == nullptr || !flag_->load(std::memory_order_relaxed)) return false;
    if (noticed_ != nullptr) *noticed_ = true;
    return true;
  }
  [[nodiscard]] explicit operator bool() const { return requested(); }

  /// Throws Interrupted when it is requested.
  void check() const {
    if (requested()) throw Interrupted{};
  }

 private:
  const std::atomic<bool>* flag_ = nullptr;
  std::atomic<bool>* noticed_ = nullptr;
};

}  // namespace freebits
