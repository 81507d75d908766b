// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freebits {

/// The path of a program in PATH; nothing if there is none.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

/// A child process whose output is appended to a log file. It ends with its parent. Ctrl-C does not
/// reach it: the parent ends it, with all of its children.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits, and returns the exit status: 128 + signal if it was killed, 127 if it could not be
  /// started. If `interrupted` becomes true, kills the child and throws Interrupted.
  int wait(const std::atomic<bool>* interrupted = nullptr);

 private:
  void kill();

  int pid_ = -1;
};

}  // namespace freebits
