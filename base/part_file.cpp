// SPDX-License-Identifier: Apache-2.0
#include "base/part_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <system_error>

namespace freebits {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnd = ".part";

/// NAME.DIGITS.part
bool is_part_of(const std::string& part, const std::string& name) {
  if (!part.starts_with(name + ".") || !part.ends_with(kEnd)) return false;
  const std::size_t begin = name.size() + 1;
  if (part.size() <= begin + kEnd.size()) return false;
  return std::all_of(part.begin() + static_cast<std::ptrdiff_t>(begin),
                     part.end() - static_cast<std::ptrdiff_t>(kEnd.size()),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

void remove_if_abandoned(const fs::path& part) {
  const int handle = open(part.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (handle < 0) return;
  if (flock(handle, LOCK_EX | LOCK_NB) == 0) unlink(part.c_str());
  close(handle);
}

}  // namespace

fs::path part_of(const fs::path& file) {
  fs::path part = file;
  part += ".";
  part += std::to_string(getpid());
  part += kEnd;
  return part;
}

// A lock is the open file's, whichever of its numbers is closed first.
InWork::InWork(int handle) : handle_(fcntl(handle, F_DUPFD_CLOEXEC, 0)) {
  if (handle_ >= 0) flock(handle_, LOCK_EX | LOCK_NB);
}
InWork::~InWork() {
  if (handle_ >= 0) close(handle_);
}

void remove_abandoned_parts(const fs::path& file) {
  const fs::path own = part_of(file).filename();
  const std::string name = file.filename().string();
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.filename() != own && is_part_of(path.filename().string(), name))
      remove_if_abandoned(path);
  }
}

}  // namespace freebits
