// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace freebits::cli {

Progress::Progress(std::string unit, std::uint64_t total)
    : unit_(std::move(unit)), total_(total), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (drawn_ && terminal_) fmt::print(stderr, "\r\033[K");
}

void Progress::update(std::uint64_t done) {
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double since = std::chrono::duration<double>(now - last_).count();
  if (seconds < 1 || since < (terminal_ ? 0.2 : 10)) return;
  last_ = now;
  drawn_ = true;
  const double rate = static_cast<double>(done) / seconds;
  std::string line = fmt::format("{:.1f} million {} ({:.2f} million/s)",
                                 static_cast<double>(done) / 1e6, unit_, rate / 1e6);
  if (total_ != 0 && rate > 0) {
    line += fmt::format(", {:.0f} %, {:.0f} s left",
                        100.0 * static_cast<double>(done) / static_cast<double>(total_),
                        static_cast<double>(total_ - done) / rate);
  }
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace freebits::cli
