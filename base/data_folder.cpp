// SPDX-License-Identifier: Apache-2.0
#include "base/data_folder.hpp"

#include <mutex>
#include <optional>

namespace freebits {
namespace {

namespace fs = std::filesystem;

struct Folders {
  fs::path data, software, geometries;
  bool installed = false;
};

/// Made on first use: use_installation() is called before main().
struct Named {
  std::mutex mutex;
  fs::path prefix;
};
Named& named() {
  static Named named;
  return named;
}

std::optional<Folders> installation(const fs::path& prefix) {
  std::error_code error;
  const fs::path root = prefix.lexically_normal();
  const fs::path data = root / "share/freebits", built = root / "lib/freebits";
  if (!fs::is_directory(data / "tb" / "targets", error)) return std::nullopt;
  return Folders{data, built / "sw", built / "geometries", true};
}

Folders folders() {
  if (const auto beside = installation(program_folder() / "..")) return *beside;
  fs::path prefix;
  {
    const std::lock_guard lock(named().mutex);
    prefix = named().prefix;
  }
  if (!prefix.empty()) {
    if (const auto found = installation(prefix)) return *found;
  }
  return {FREEBITS_SOURCE_FOLDER, FREEBITS_SW_BUILD, FREEBITS_GEOMETRY_FOLDER, false};
}

}  // namespace

fs::path data_folder() { return folders().data; }
fs::path software_folder() { return folders().software; }
fs::path geometry_folder() { return folders().geometries; }
bool is_installed() { return folders().installed; }

void use_installation(const fs::path& prefix) {
  const std::lock_guard lock(named().mutex);
  named().prefix = prefix;
}

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace freebits
