// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPattern = ".XXXXXX";  // of mkdtemp

/// Our own folder, opened and locked without waiting (`how`: LOCK_NB) or after waiting; -1: another
/// has it, or it is none of ours.
int open_locked(const fs::path& folder, int how) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat status {};
  const bool ours = ::fstat(fd, &status) == 0 && status.st_uid == ::geteuid();
  int locked = ours ? ::flock(fd, LOCK_EX | how) : -1;
  while (ours && locked != 0 && errno == EINTR) locked = ::flock(fd, LOCK_EX | how);
  if (locked == 0) return fd;
  ::close(fd);
  return -1;
}

bool is_one_of(std::string_view name, std::string_view label) {
  if (name.size() != label.size() + kPattern.size() || !name.starts_with(label)) return false;
  const std::string_view rest = name.substr(label.size());
  return rest[0] == '.' &&
         std::ranges::all_of(rest.substr(1), [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// Removes what ended processes have left, as far as possible; failures are ignored.
void remove_remains(const fs::path& parent, std::string_view label) {
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    if (!is_one_of(it->path().filename().string(), label)) continue;
    const int fd = open_locked(it->path(), LOCK_NB);
    if (fd < 0) continue;
    std::error_code ignored;
    fs::remove_all(it->path(), ignored);
    ::close(fd);
  }
}

/// Whether `fd` is still what lies at `folder`: another process that saw it before it was locked
/// took it for a remain.
bool still_there(int fd, const fs::path& folder) {
  struct stat opened {
  }, found{};
  return ::fstat(fd, &opened) == 0 && ::lstat(folder.c_str(), &found) == 0 &&
         opened.st_ino == found.st_ino && opened.st_dev == found.st_dev;
}

}  // namespace

fs::path system_temporary_folder() {
  const char* variable = std::getenv("TMPDIR");
  if (variable == nullptr || *variable == '\0') return "/tmp";
  std::error_code error;
  if (fs::is_directory(variable, error)) return variable;
  throw Error(fmt::format(
      "TMPDIR={}: no such folder; set it to a folder that can be written, or unset it", variable));
}

TemporaryFolder::TemporaryFolder(const fs::path& parent, const std::string& label) {
  remove_remains(parent, label);
  do {
    if (lock_ >= 0) ::close(lock_);
    std::string name = (parent / label).string() + std::string(kPattern);
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(fmt::format(
          "{}: no temporary folder can be made there: {}; expected a folder that can be written",
          parent.string(), std::strerror(errno)));
    }
    path_ = name;
    lock_ = open_locked(path_, 0);
    // A file system without locks: such a folder is never taken for a remain.
  } while (lock_ >= 0 ? !still_there(lock_, path_) : !fs::exists(path_));
}

TemporaryFolder::TemporaryFolder(const std::string& label)
    : TemporaryFolder(system_temporary_folder(), label) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace freebits
