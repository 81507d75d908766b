// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace freebits::cli {

/// A status line on standard error: redrawn on a terminal, a plain line every ten seconds
/// elsewhere. Says nothing in the first second, so short runs stay quiet.
class Progress {
 public:
  /// `unit`: what is counted ("cycles"); `total`: 0 when the end is not known (no ETA then).
  Progress(std::string unit, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string unit_;
  std::uint64_t total_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace freebits::cli
