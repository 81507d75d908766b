// SPDX-License-Identifier: Apache-2.0
#include "base/trusted_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> absolute_path(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || !fs::path(value).is_absolute()) return std::nullopt;
  return value;
}

/// Without a slash at its end, behind which a symbolic link would hide.
fs::path plain(const fs::path& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

bool trusted(uid_t owner) { return owner == ::geteuid() || owner == 0; }

/// What is wrong with the folder itself; empty: nothing.
std::string objection(const fs::path& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) return std::strerror(errno);
  if (S_ISLNK(status.st_mode)) return "is a symbolic link";
  if (!S_ISDIR(status.st_mode)) return "is no folder";
  if (!trusted(status.st_uid)) return fmt::format("belongs to another user ({})", status.st_uid);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fmt::format("can be written by others (mode {:o}; chmod go-w makes it yours)",
                       status.st_mode & 07777U);
  }
  return "";
}

/// A folder above in which anybody may rename what lies there; empty: none.
fs::path open_to_all(const fs::path& folder) {
  std::error_code error;
  for (fs::path at = fs::canonical(folder, error).parent_path(); !error; at = at.parent_path()) {
    struct stat status {};
    if (::stat(at.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0 &&
        (status.st_mode & S_ISVTX) == 0) {
      return at;
    }
    if (at == at.parent_path()) break;
  }
  return {};
}

}  // namespace

std::optional<fs::path> user_cache_folder() {
  if (const auto xdg = absolute_path("XDG_CACHE_HOME")) return *xdg / "freebits";
  if (const auto home = absolute_path("HOME")) return *home / ".cache" / "freebits";
  return std::nullopt;
}

void require_private_folder(const fs::path& folder, const std::string& remedy) {
  const fs::path path = plain(folder);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    error = std::error_code(errno, std::generic_category());
  if (error)
    throw Error(fmt::format("{}: cannot be made ({}); {}", path.string(), error.message(), remedy));
  std::string why = objection(path);
  if (const fs::path open = why.empty() ? open_to_all(path) : fs::path(); !open.empty())
    why = fmt::format("can be exchanged by anybody, who may write to {}", open.string());
  if (why.empty()) return;
  throw Error(fmt::format("{}: {}; expected a folder of your own: {}", path.string(), why, remedy));
}

void require_program_folder(const fs::path& folder) {
  struct stat status {
  }, program{};
  if (::stat(folder.c_str(), &status) != 0) return;
  const bool known = ::stat("/proc/self/exe", &program) == 0;
  const bool owned = trusted(status.st_uid) || (known && status.st_uid == program.st_uid);
  if (owned && (status.st_mode & S_IWOTH) == 0) return;
  throw Error(fmt::format("{}: {}; expected the folder that was built with this program",
                          folder.string(),
                          owned ? "can be written by anybody"
                                : fmt::format("belongs to another user ({})", status.st_uid)));
}

}  // namespace freebits
