// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace freebits {

/// $TMPDIR, or /tmp. Throws Error that names TMPDIR when there is no such folder.
[[nodiscard]] std::filesystem::path system_temporary_folder();

/// A new folder for this user alone, removed by the destructor. If the process dies first, the next
/// TemporaryFolder with the same parent and label removes it: the owner holds a lock on the folder,
/// which the kernel releases when the process ends.
class TemporaryFolder {
 public:
  /// `parent`/`label`.XXXXXX. Throws Error, naming `parent`, when it cannot be made.
  TemporaryFolder(const std::filesystem::path& parent, const std::string& label);
  /// In system_temporary_folder().
  explicit TemporaryFolder(const std::string& label);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace freebits
