// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tb/memory/system_memory.hpp"

namespace freebits::tb {

/// A bare-metal RISC-V ELF32 executable, read into memory.
struct Elf {
  struct Segment {
    std::uint32_t address = 0;      ///< physical (load) address
    std::uint32_t memory_size = 0;  ///< the bytes beyond data are zero
    std::vector<std::uint8_t> data;
  };

  std::filesystem::path path;
  std::uint32_t entry = 0;
  std::vector<Segment> segments;
  std::map<std::string, std::uint32_t> symbols;

  [[nodiscard]] std::optional<std::uint32_t> symbol(const std::string& name) const;
  /// Throws Error, "FILE: no symbol NAME", where symbol() finds none.
  [[nodiscard]] std::uint32_t required_symbol(const std::string& name) const;
};

/// Reads and checks the file. Error: unreadable, not an ELF, truncated, not 32-bit little-endian
/// RISC-V, not an executable.
[[nodiscard]] Elf read_elf(const std::filesystem::path& path);

/// Copies the segments into memory. Error: a segment or the entry point lies outside every region.
void load(const Elf& elf, SystemMemory& memory);

}  // namespace freebits::tb
