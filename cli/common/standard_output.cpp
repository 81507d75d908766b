// SPDX-License-Identifier: Apache-2.0
#include "cli/common/standard_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/common/commands.hpp"

namespace freebits::cli {

void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest number that is free: this one. Read-only, so that writing to it fails.
    [[maybe_unused]] const int opened =
        open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool output_has_failed() { return std::ferror(stdout) != 0 || std::ferror(stderr) != 0; }

int checked_output(int exit_code) {
  errno = 0;
  std::cout.flush();  // CLI11 prints there
  const bool good = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (good || exit_code == kBadInput) return exit_code;
  // What failed long ago has left no reason; it fails again.
  if (errno == 0 && write(STDOUT_FILENO, "\n", 1) == 1) errno = EIO;
  const std::string why = std::strerror(errno);
  std::fputs(("freebits: standard output: " + why + "; what was printed is not complete\n").c_str(),
             stderr);
  return exit_code == kInterrupted ? exit_code : kBadInput;
}

}  // namespace freebits::cli
