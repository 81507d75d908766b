// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freebits {

/// The name under which this process writes a file until it is complete: NAME.PID.part beside it.
[[nodiscard]] std::filesystem::path part_of(const std::filesystem::path& file);

/// While this object exists, other processes see that the part open as `handle` is not abandoned,
/// even after `handle` was closed. Ends with the process.
class InWork {
 public:
  explicit InWork(int handle);
  ~InWork();
  InWork(const InWork&) = delete;
  InWork& operator=(const InWork&) = delete;

 private:
  int handle_;
};

/// Removes the parts of `file` that killed processes have left.
void remove_abandoned_parts(const std::filesystem::path& file);

}  // namespace freebits
