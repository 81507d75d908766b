// SPDX-License-Identifier: Apache-2.0
// The cache of built geometries.
#include "geometry.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "data_folder.hpp"
#include "freebits/tb/error.hpp"
#include "geometry_recipe.hpp"
#include "freebits/tb/sha256.hpp"

namespace freebits::tb {
namespace {

namespace fs = std::filesystem;

/// A shared object ends with the hash of the rest: a damaged one is never loaded.
constexpr std::size_t kSealLength = 64;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void seal(const fs::path& path) {
  const std::string hash = sha256(content(path));
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << hash;
  file.close();
  if (!file) {
    throw Error(fmt::format("{}: cannot be written; is the disk full?", path.string()));
  }
}

bool intact(const fs::path& path) {
  const std::string text = content(path);
  if (text.size() < kSealLength) return false;
  const std::string_view all = text;
  const std::size_t end = all.size() - kSealLength;
  return sha256(all.substr(0, end)) == all.substr(end);
}

/// One builder per geometry: held while it builds. The file stays; the kernel releases the lock of
/// a process that dies.
class BuildLock {
 public:
  BuildLock(const fs::path& path, const BuildProgress& progress) {
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ < 0) {
      throw Error(fmt::format("{}: {}; expected a folder that can be written (set FREEBITS_CACHE)",
                              path.parent_path().string(), std::strerror(errno)));
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    if (progress) progress("waiting for another process that builds the same geometry");
    while (::flock(fd_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      ::close(fd_);
      throw Error(fmt::format("{}: cannot be locked: {}", path.string(), std::strerror(errno)));
    }
  }
  ~BuildLock() { ::close(fd_); }
  BuildLock(const BuildLock&) = delete;
  BuildLock& operator=(const BuildLock&) = delete;

 private:
  int fd_ = -1;
};

/// A folder that disappears with its owner.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// What builders that were killed have left.
void remove_remains(const fs::path& folder, const std::string& prefix) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path(), error);
  }
}

void build(const GeometryId& id, const fs::path& target, const BuildProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  if (progress) {
    progress(fmt::format("building the geometry of {}: once, about half a minute", describe(id)));
  }
  const std::string stem = target.stem().string();
  remove_remains(target.parent_path(), stem + ".building-");
  fs::path log = target;
  log.replace_extension(".log");
  fs::remove(log);
  const TemporaryFolder folder(target.parent_path() /
                               fmt::format("{}.building-{}", stem, ::getpid()));
  const fs::path built = run_recipe(id, folder.path(), log);
  seal(built);
  fs::rename(built, target);
  std::error_code error;
  fs::remove(log, error);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (progress) progress(fmt::format("geometry built in {:.0f} s", took.count()));
}

/// The file in `folder`, if it is there and whole. `name` may end with "*.so" (no tools here).
std::optional<fs::path> find(const fs::path& folder, const std::string& name) {
  std::error_code error;
  const std::size_t star = name.find('*');
  if (star == std::string::npos) {
    const fs::path path = folder / name;
    if (fs::exists(path, error) && intact(path)) return path;
    return std::nullopt;
  }
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with(name.substr(0, star)) && file.ends_with(".so") && intact(entry.path())) {
      return entry.path();
    }
  }
  return std::nullopt;
}

MakeClusterEngine open(const fs::path& path) {
  // Never closed: engines may outlive whoever asked first, and there are few geometries.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* symbol = handle == nullptr ? nullptr : ::dlsym(handle, kMakeClusterEngine);
  if (symbol == nullptr) {
    throw Error(fmt::format("{}: cannot be loaded ({}); delete it, it will be built again",
                            path.string(), ::dlerror()));
  }
  return reinterpret_cast<MakeClusterEngine>(symbol);
}

}  // namespace

fs::path cache_folder() {
  const auto variable = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const fs::path own = variable("FREEBITS_CACHE"); !own.empty()) return own;
  if (const fs::path xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) return xdg / "freebits";
  if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache" / "freebits";
  return fs::temp_directory_path() / fmt::format("freebits-{}", ::getuid());
}

fs::path build_geometry(const GeometryId& id, const fs::path& where,
                        const BuildProgress& progress) {
  const fs::path folder = fs::absolute(where);
  require_same_interface();
  const std::string name = geometry_file(id);
  if (const auto found = find(folder, name)) return *found;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(
        fmt::format("{}: cannot be made ({}); set FREEBITS_CACHE to a folder that can be "
                    "written",
                    folder.string(), error.message()));
  }
  const fs::path target = folder / name;
  const BuildLock lock(folder / (target.stem().string() + ".lock"), progress);
  if (const auto found = find(folder, name)) return *found;  // somebody else's work meanwhile
  try {
    build(id, target, progress);
  } catch (const fs::filesystem_error& failure) {
    throw Error(fmt::format("{}: {}; set FREEBITS_CACHE to a folder that can be written",
                            folder.string(), failure.code().message()));
  }
  return target;
}

MakeClusterEngine load_geometry(const GeometryId& id, const BuildProgress& progress) {
  static std::mutex mutex;
  static std::vector<std::pair<GeometryId, MakeClusterEngine>> loaded;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [known, make] : loaded) {
      if (known == id) return make;
    }
  }
  const std::string name = geometry_file(id);
  require_same_interface();
  std::optional<fs::path> path;
  for (const fs::path& folder :
       {fs::path(FREEBITS_GEOMETRY_FOLDER), program_folder() / "../lib/freebits/geometries"}) {
    if (!path) path = find(folder, name);
  }
  if (!path) path = build_geometry(id, cache_folder(), progress);
  const MakeClusterEngine make = open(*path);
  const std::lock_guard lock(mutex);
  loaded.emplace_back(id, make);
  return make;
}

}  // namespace freebits::tb
