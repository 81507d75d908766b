// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tb/program/debug_info.hpp"

namespace freebits::tb {

/// The DWARF line table of a program.
struct SourceLines {
  std::vector<DebugInfo::Line> lines;  ///< sorted by begin
  std::vector<std::string> files;
};

/// Reads the line table with libdw. libdw trusts what it reads, and a damaged file can make it read
/// outside of its buffers. It therefore works in a process of its own; if that process dies, throws
/// Error naming `path`. A program without debug information has no lines.
[[nodiscard]] SourceLines read_source_lines(::Elf* elf, const std::filesystem::path& path);

/// The name of a symbol or a source file, safe for a terminal and cut to 1000 characters.
[[nodiscard]] std::string shown_name(std::string_view name);

}  // namespace freebits::tb
