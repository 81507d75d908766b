// SPDX-License-Identifier: Apache-2.0
#include "cli/common/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace freebits::cli {

StatusLine::StatusLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

StatusLine::~StatusLine() { clear(); }

double StatusLine::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

bool StatusLine::due() const {
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  return seconds() >= 1 && since >= (terminal_ ? 0.2 : 10);
}

void StatusLine::show(const std::string& line) {
  last_ = Clock::now();
  drawn_ = true;
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
}

void StatusLine::clear() {
  if (drawn_ && terminal_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

void Progress::update(std::uint64_t done) {
  if (!line_.due()) return;
  const double rate = static_cast<double>(done) / line_.seconds();
  std::string line = fmt::format("{:.1f} million {} ({:.2f} million/s)",
                                 static_cast<double>(done) / 1e6, unit_, rate / 1e6);
  if (total_ != 0 && rate > 0) {
    line += fmt::format(", {:.0f} %, {:.0f} s left",
                        100.0 * static_cast<double>(done) / static_cast<double>(total_),
                        static_cast<double>(total_ - done) / rate);
  }
  line_.show(line);
}

}  // namespace freebits::cli
