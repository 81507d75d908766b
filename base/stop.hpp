// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace freebits {

/// Thrown out of work that was asked to stop. No std::exception, so that nobody takes it for a
/// failure.
struct Interrupted {};

/// Whether somebody outside wants the work under way to end. It is handed down by value to whatever
/// may take longer than a tenth of a second, and asked there as often. Reading it costs as much as
/// reading a variable; any number of threads may.
class StopToken {
 public:
  /// Never.
  StopToken() = default;
  /// When `flag` is set. `noticed`, where given, is set as soon as somebody has seen that: from
  /// then on the work is on its way to its end. Both outlive the token.
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
