// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/error.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Where /proc knows it; control characters taken out.
std::string command_of(const std::string& process) {
  constexpr std::size_t kMost = 100;
  std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (text.size() > kMost) text = text.substr(0, kMost) + " …";
  return text;
}

/// The name still leads to what is open: it does not when the one before removed it.
bool is_in_place(const fs::path& file, int handle) {
  struct stat open = {}, named = {};
  return fstat(handle, &open) == 0 && stat(file.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

/// For holder(); nothing depends on it.
void sign(int handle) {
  const std::string text = std::to_string(getpid()) + " " + host_name() + "\n";
  if (ftruncate(handle, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = write(handle, text.data(), text.size());
}

int lock_now(int handle) {
  while (flock(handle, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

std::optional<FileLock> FileLock::try_take(const fs::path& file) {
  for (;;) {
    const int handle = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (handle < 0) {
      throw Error(file.string() +
                  ": cannot be made, to lock what it stands for: " + std::strerror(errno));
    }
    FileLock lock(file, handle);
    const int why = lock_now(handle);
    if (why == EWOULDBLOCK) {
      lock.file_.clear();  // not ours to remove
      return std::nullopt;
    }
    if (!is_in_place(file, handle)) {
      lock.file_.clear();
      continue;
    }
    sign(handle);
    return lock;
  }
}

FileLock FileLock::take(const fs::path& file, StopToken stop) {
  constexpr std::chrono::milliseconds kPause{20};
  for (;;) {
    if (auto lock = try_take(file)) return std::move(*lock);
    stop.check();
    std::this_thread::sleep_for(kPause);
  }
}

std::string FileLock::holder(const fs::path& file) {
  std::string process, host;
  std::ifstream(file) >> process >> host;
  if (process.empty()) return "another process";
  std::string text = "process " + process;
  if (!host.empty() && host != host_name()) return text + " on " + host;
  const std::string command = command_of(process);
  return command.empty() ? text : text + " (" + command + ")";
}

FileLock::FileLock(FileLock&& other) noexcept
    : file_(std::move(other.file_)), handle_(std::exchange(other.handle_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(handle_, other.handle_);
  return *this;
}

FileLock::~FileLock() {
  if (handle_ < 0) return;
  // While it is still locked, so that no other process can hold what is removed.
  if (!file_.empty()) unlink(file_.c_str());
  close(handle_);
}

fs::path lock_file_of(const fs::path& output) {
  std::error_code error;
  fs::path resolved = output;
  // Also a link to what is not there yet; weakly_canonical() leaves that one as it is.
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks && fs::is_symlink(resolved, error); ++i)
    resolved = resolved.parent_path() / fs::read_symlink(resolved, error);
  resolved = fs::weakly_canonical(resolved, error);
  if (error) resolved = output;
  if (!resolved.has_filename()) resolved = resolved.parent_path();  // "folder/"
  resolved += ".lock";
  return resolved;
}

}  // namespace freebits
