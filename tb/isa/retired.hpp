// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace freebits::isa {

/// One retired (or trapped) instruction in RVFI terms (riscv-formal, docs/rvfi). The RTL's retire
/// port and the reference model both produce it, and the lock-step check compares the two.
struct Retired {
  std::uint64_t order = 0;     ///< retirement index from 0
  std::uint32_t insn = 0;      ///< instruction as fetched; 16-bit ones zero-extended
  std::uint32_t pc = 0;        ///< its address
  std::uint32_t next_pc = 0;   ///< address of the next instruction to retire (trap: the handler)
  bool trap = false;           ///< raised an exception: no register or memory effect
  bool intr = false;           ///< first instruction of a trap handler
  std::uint8_t rd = 0;         ///< destination register, 0 if none
  std::uint32_t rd_value = 0;  ///< 0 when rd = 0
  std::uint8_t rd2 = 0;  ///< second destination: base register of post-increment forms, 0 if none
  std::uint32_t rd2_value = 0;
  std::uint32_t mem_addr = 0;  ///< byte address of the access (may be misaligned), 0 without access
  std::uint8_t mem_rmask = 0;  ///< bytes read: bit i = byte at mem_addr + i (1, 3 or 15)
  std::uint8_t mem_wmask = 0;  ///< bytes written, likewise
  std::uint32_t mem_rdata = 0;  ///< byte i = byte at mem_addr + i; bytes outside the mask are 0
  std::uint32_t mem_wdata = 0;  ///< likewise

  friend bool operator==(const Retired&, const Retired&) = default;
};

}  // namespace freebits::isa
