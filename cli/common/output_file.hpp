// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/part_file.hpp"

namespace freebits::cli {

/// A text file that appears complete or not at all: written under a temporary name beside it, and
/// renamed by commit(). Links are followed. What is no regular file (a pipe, a device), and what
/// is standard output under another name, is written to directly. Everything throws Error when
/// it cannot be done; nothing is left behind then.
class OutputFile {
 public:
  explicit OutputFile(std::string file);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void fail(const std::string& why);

  std::string file_;                 ///< as the user named it
  std::filesystem::path final_;      ///< links resolved
  std::filesystem::path temporary_;  ///< empty: written to directly
  std::FILE* out_ = nullptr;
  std::optional<InWork> mark_;  ///< of the temporary
};

/// Writes text to `file` ("-" = standard output), completely or not at all.
void write_file(std::string_view text, const std::string& file);

/// Throws Error unless `file` can be written later: called before long work. Empty and "-" can.
void check_writable(const std::string& file);

/// What the FST writer maps into memory as it starts: it dies when that does not fit the disk.
inline constexpr std::uintmax_t kWaveformSpace = 16 << 20;

/// … and unless it is, or will be, a regular file, with so many bytes free beside it.
void check_writable_regular(const std::string& file, std::uintmax_t space_needed = kWaveformSpace);
/// Throws Error unless the folder of `file` has so many bytes free.
void check_space(const std::string& file, std::uintmax_t needed);

/// Makes the folder where there is none, and throws Error unless files can be made in it.
/// Empty: none is wanted.
void check_writable_folder(const std::string& folder);

}  // namespace freebits::cli
