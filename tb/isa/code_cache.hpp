// SPDX-License-Identifier: Apache-2.0
// Decoded instructions by address: direct-mapped, kept coherent with the hart's own stores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tb/isa/insn.hpp"

namespace freebits::isa {

class CodeCache {
 public:
  CodeCache() : entries_(kEntries) {}

  /// The slot of `pc`: it holds that instruction if its pc says so, else whatever the caller now
  /// stores in it.
  [[nodiscard]] Insn& slot(std::uint32_t pc) { return entries_[(pc >> 1) & (kEntries - 1)]; }

  void insert(const Insn& insn) {
    slot(insn.pc) = insn;
    low_ = std::min(low_, insn.pc);
    high_ = std::max(high_, insn.pc + insn.length - 1);
  }

  /// Forgets the instructions that contain a byte of [address, address + bytes). Their other fields
  /// stay intact: the instruction that stores may be its own victim.
  void invalidate(std::uint32_t address, unsigned bytes) {
    if (address > high_ || address + bytes <= low_) return;
    const std::uint32_t first =
        (address & ~1u) - 2;  // a 32-bit instruction may start one halfword before
    for (std::uint32_t pc = first; pc != ((address + bytes + 1) & ~1u); pc += 2) {
      if (slot(pc).pc == pc) slot(pc).pc = Insn::kNoPc;
    }
  }

  void clear() {
    for (Insn& insn : entries_) insn.pc = Insn::kNoPc;
    low_ = ~0u;
    high_ = 0;
  }

 private:
  static constexpr std::size_t kEntries = 1 << 14;

  std::vector<Insn> entries_;
  std::uint32_t low_ = ~0u;  // bounds of all addresses ever inserted
  std::uint32_t high_ = 0;
};

}  // namespace freebits::isa
