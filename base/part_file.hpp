// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits {

/// The name under which this process writes a file until it is complete: beside it, NAME.PID.part.
[[nodiscard]] std::filesystem::path part_of(const std::filesystem::path& file);

/// Tells others, while it is there, that the part open as `handle` has not got its name yet: also
/// when `handle` has been closed already. Ends with the process.
class InWork {
 public:
  explicit InWork(int handle);
  ~InWork();
  InWork(const InWork&) = delete;
  InWork& operator=(const InWork&) = delete;

 private:
  int handle_;
};

/// Removes the parts of `file` that nobody writes any more: killed processes have left them.
void remove_abandoned_parts(const std::filesystem::path& file);

}  // namespace freebits
