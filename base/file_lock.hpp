// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/stop.hpp"

namespace freebits {

/// A kernel lock (flock) on a file that exists for nothing else. It ends with its process, however
/// that ends; the file is made by who takes it and removed by who gives it back, and one that a
/// killed process has left is nobody's. It excludes other processes and other FileLocks of this
/// one. Where the file system has no locks (some network file systems) it excludes nobody.
class FileLock {
 public:
  /// Takes it, or nothing when another holds it. Throws Error, naming the file,
  /// when that cannot be made.
  [[nodiscard]] static std::optional<FileLock> try_take(const std::filesystem::path& file);
  /// Waits until the other gives it back. Throws as try_take() does, and Interrupted.
  [[nodiscard]] static FileLock take(const std::filesystem::path& file, StopToken stop = {});
  /// Who holds it, for messages: "process 4711 on HOST (freebits train …)", or "another process".
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

/// Beside a file or a folder that one process at a time may write: its name and ".lock". Links are
/// followed, so that two names of one file have one lock.
[[nodiscard]] std::filesystem::path lock_file_of(const std::filesystem::path& output);

}  // namespace freebits
