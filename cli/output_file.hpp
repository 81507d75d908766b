// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace freebits::cli {

/// A text file that appears complete or not at all: written under a temporary name beside it, and
/// renamed by commit(). Links are followed. What is no regular file (a pipe, a device) is written
/// to directly. Everything throws tb::Error when it cannot be done; nothing is left behind then.
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
};

/// Writes text to `file` ("-" = standard output), completely or not at all.
void write_file(std::string_view text, const std::string& file);

/// Throws tb::Error unless `file` can be written later: called before long work. Empty and "-" can.
void check_writable(const std::string& file);

/// … and unless it is, or will be, a regular file with room to grow: for waveforms.
void check_writable_regular(const std::string& file);

}  // namespace freebits::cli
