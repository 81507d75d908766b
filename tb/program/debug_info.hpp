// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace freebits::tb {

/// Where the instructions of a program come from: functions of its symbol table, source lines of
/// its DWARF line table (libdw). An address that neither describes has no function and no line.
class DebugInfo {
 public:
  /// Throws Error when the file cannot be read. A program without debug information has no lines.
  explicit DebugInfo(const std::filesystem::path& elf);

  struct Function {
    std::uint32_t begin = 0, end = 0;  ///< [begin, end)
    std::string name;
  };
  struct Line {
    std::uint32_t begin = 0;  ///< up to the next entry's
    std::uint32_t file = 0;   ///< index into files(); kNoLine: no source
    std::uint32_t number = 0;
  };
  static constexpr std::uint32_t kNoLine = ~std::uint32_t{0};

  /// Index into functions(), or -1.
  [[nodiscard]] int function_at(std::uint32_t pc) const;
  /// The entry that covers `pc`, or null.
  [[nodiscard]] const Line* line_at(std::uint32_t pc) const;

  [[nodiscard]] const std::vector<Function>& functions() const { return functions_; }  ///< sorted
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  std::vector<Function> functions_;
  std::vector<Line> lines_;  ///< sorted by begin
  std::vector<std::string> files_;
};

}  // namespace freebits::tb
