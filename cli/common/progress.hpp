// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace freebits::cli {

/// A status line on standard error: redrawn on a terminal, a plain line every ten seconds
/// elsewhere. Says nothing in the first second, so short runs stay quiet.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Whether it is time for a new line; the rest of the time show() need not be called.
  [[nodiscard]] bool due() const;
  void show(const std::string& line);
  /// Takes the line away, so that something else can be printed.
  void clear();
  /// Since it was made.
  [[nodiscard]] double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

/// Work counted in millions.
class Progress {
 public:
  /// `unit`: what is counted ("cycles"); `total`: 0 when the end is not known (no ETA then).
  Progress(std::string unit, std::uint64_t total) : unit_(std::move(unit)), total_(total) {}

  void update(std::uint64_t done);

 private:
  StatusLine line_;
  std::string unit_;
  std::uint64_t total_;
};

}  // namespace freebits::cli
