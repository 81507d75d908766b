// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tb/memory/system_memory.hpp"

namespace freebits::random {

/// Writes a static Linux ELF of a loaded program: code, data and constants as in `memory`; where
/// the program ends it writes the data area to standard output and exits.
void write_linux_elf(const tb::SystemMemory& memory, std::uint32_t entry, std::uint32_t end,
                     const std::filesystem::path& path);

/// Standard output of `qemu-riscv32 path`. Throws std::runtime_error if it did not exit with 0.
[[nodiscard]] std::vector<std::uint8_t> run_qemu(const std::filesystem::path& path);

}  // namespace freebits::random
