// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace freebits::test {

/// Where a user program and its data stand, in qemu's address space and in the core's alike.
inline constexpr std::uint32_t kText = 0x20000;
inline constexpr std::uint32_t kTextSize = 0x10000;
inline constexpr std::uint32_t kArea = 0x40000;
inline constexpr std::uint32_t kAreaSize = 0x2000;
inline constexpr std::uint32_t kSaved = kArea + kAreaSize - 128;  ///< x0 ... x31 at the end

/// A random RV32IMC program that needs nothing but user level: `blocks` loops around straight-line code with forward branches
/// and jumps, then the registers are saved behind the data and the whole area is written to stdout by Linux system calls.
std::vector<std::uint8_t> random_user_program(std::uint64_t seed, unsigned blocks);

/// The data area as the program finds it.
std::vector<std::uint8_t> random_area(std::uint64_t seed);

/// A static RV32 Linux executable of the two.
std::vector<std::uint8_t> elf_executable(const std::vector<std::uint8_t>& text, const std::vector<std::uint8_t>& area);

}  // namespace freebits::test
