// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/stop.hpp"

namespace freebits {

/// A kernel lock (flock) on a file that exists only for it. Taking the lock creates the file, and
/// giving it back removes it. The lock ends with its process, however that ends; a file that a
/// killed process left is not locked. It excludes other processes and other FileLocks of the same
/// process. On file systems without locks (some network file systems) it excludes none.
class FileLock {
 public:
  /// Takes the lock; nothing if it is held elsewhere. Throws Error, naming the file, if the file
  /// cannot be created.
  [[nodiscard]] static std::optional<FileLock> try_take(const std::filesystem::path& file);
  /// Waits until the lock is free, and takes it. Throws as try_take() does, and Interrupted.
  [[nodiscard]] static FileLock take(const std::filesystem::path& file, StopToken stop = {});
  /// The holder, for messages: "process 4711 on HOST (freebits train …)", or "another process".
  [[nodiscard]] static std::string holder(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  FileLock(std::filesystem::path file, int handle) : file_(std::move(file)), handle_(handle) {}

  std::filesystem::path file_;
  int handle_ = -1;
};

/// The lock file of a file or folder that one process at a time may write: its name and ".lock".
/// Links are followed, so that two names of one file have one lock.
[[nodiscard]] std::filesystem::path lock_file_of(const std::filesystem::path& output);

}  // namespace freebits
