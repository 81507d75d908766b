// SPDX-License-Identifier: Apache-2.0
// The cache of built geometries.
#include "tb/geometry/geometry.hpp"

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
#include <thread>
#include <utility>
#include <vector>

#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/stop.hpp"
#include "base/temporary_folder.hpp"
#include "base/trusted_folder.hpp"
#include "tb/geometry/geometry_recipe.hpp"

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
    while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      const bool interrupted = geometry_builds_interrupted();
      if (errno != EWOULDBLOCK && errno != EINTR) {
        ::close(fd_);
        throw Error(fmt::format("{}: cannot be locked: {}", path.string(), std::strerror(errno)));
      }
      if (interrupted) {
        ::close(fd_);
        throw Interrupted{};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  ~BuildLock() { ::close(fd_); }
  BuildLock(const BuildLock&) = delete;
  BuildLock& operator=(const BuildLock&) = delete;

 private:
  int fd_ = -1;
};

/// The log stays when the build fails, and only then.
fs::path run(const GeometryId& id, const fs::path& folder, const fs::path& log) {
  try {
    return run_recipe(id, folder, log);
  } catch (const Interrupted&) {
    std::error_code error;
    fs::remove(log, error);
    throw;
  }
}

void build(const GeometryId& id, const fs::path& target, const BuildProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  if (progress) {
    progress(fmt::format("building the geometry of {}: once, about half a minute", describe(id)));
  }
  fs::path log = target;
  log.replace_extension(".log");
  fs::remove(log);
  const TemporaryFolder folder(target.parent_path(), "building");
  const fs::path built = run(id, folder.path(), log);
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

/// What is looked for among the geometries that were built in advance: in an installation, whatever
/// tools built it. Those of this machine may be others, and would make the same cycles.
std::string prebuilt_name(const std::string& name) {
  return is_installed() ? name.substr(0, name.rfind('-') + 1) + "*.so" : name;
}

MakeClusterEngine open(const fs::path& path) {
  // Never closed: engines may outlive their first caller, and there are few geometries.
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
  if (const char* own = std::getenv("FREEBITS_CACHE"); own != nullptr && *own != '\0') return own;
  if (const auto folder = user_cache_folder()) return *folder;
  return system_temporary_folder() / fmt::format("freebits-{}", ::getuid());
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
  require_program_folder(geometry_folder());
  std::optional<fs::path> path = find(geometry_folder(), prebuilt_name(name));
  if (!path) {
    const fs::path cache = cache_folder();
    require_private_folder(cache, "set FREEBITS_CACHE to one");
    for (const char* sources : {"rtl", "tb"}) require_program_folder(data_folder() / sources);
    path = build_geometry(id, cache, progress);
  }
  const MakeClusterEngine make = open(*path);
  const std::lock_guard lock(mutex);
  loaded.emplace_back(id, make);
  return make;
}

}  // namespace freebits::tb
