// SPDX-License-Identifier: Apache-2.0
#include "base/process_apart.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace freebits {
namespace {

constexpr int kPollMilliseconds = 50;

bool write_all(int handle, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = write(handle, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

/// A terminal's Ctrl-C goes to the copy, too, but is its parent's to answer.
void leave_signals_to_parent() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

[[noreturn]] void work_in_copy(const std::function<std::string()>& work, int out, pid_t parent) {
  leave_signals_to_parent();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  bool good = false;
  try {
    good = write_all(out, work());
  } catch (...) {
    // The status says so.
  }
  _exit(good ? 0 : 1);
}

class Copy {
 public:
  explicit Copy(const std::function<std::string()>& work) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error(std::string("no pipe to another process: ") + std::strerror(errno));
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) work_in_copy(work, ends[1], parent);
    const int why = errno;
    close(ends[1]);
    in_ = ends[0];
    if (pid_ < 0) {
      close(in_);
      throw std::runtime_error(std::string("no other process: ") + std::strerror(why));
    }
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() {
    close(in_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait(nullptr);
  }

  std::string read_all(StopToken stop) const {
    std::string bytes;
    std::array<char, 1 << 16> part{};
    for (;;) {
      stop.check();
      pollfd ready{in_, POLLIN, 0};
      if (poll(&ready, 1, kPollMilliseconds) <= 0) continue;
      const ssize_t n = read(in_, part.data(), part.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return bytes;
      bytes.append(part.data(), static_cast<std::size_t>(n));
    }
  }
  /// Its status, once it has ended.
  int wait(rusage* usage) {
    int status = -1;
    while (wait4(pid_, &status, 0, usage) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int in_ = -1;
};

}  // namespace

std::optional<ApartResult> run_apart(const std::function<std::string()>& work, StopToken stop) {
  Copy copy(work);
  ApartResult result{copy.read_all(stop), 0};
  rusage usage{};
  if (copy.wait(&usage) != 0) return std::nullopt;
  constexpr std::uint64_t kKiB = 1024;
  result.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kKiB;
  return result;
}

}  // namespace freebits
