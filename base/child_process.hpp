// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freebits {

/// A program of PATH, or nothing.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

/// A child whose output is appended to a log file. It dies with its parent, and is out of reach of
/// the terminal's Ctrl-C: it ends when its parent says so, with all of its own children.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Its exit status; 128 + signal when it was killed, 127 when it could not be started. When
  /// `interrupted` is set meanwhile, kills it and throws Interrupted.
  int wait(const std::atomic<bool>* interrupted = nullptr);

 private:
  void kill();

  int pid_ = -1;
};

}  // namespace freebits
