// SPDX-License-Identifier: Apache-2.0
// Debian's LLVM 19 as the judge of encodings and assembly text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace freebits::isa::test {

/// Text of each instruction, the first at address 0, as llvm-objdump-19 prints it with one space
/// after the mnemonic and without symbols. Throws if the tool is missing (scripts/bootstrap.sh
/// installs it).
std::vector<std::string> llvm_disassemble(const std::vector<std::uint32_t>& insns);

/// The 32-bit word of each line of assembly, by llvm-mc-19.
std::vector<std::uint32_t> llvm_assemble(const std::vector<std::string>& lines);

}  // namespace freebits::isa::test
